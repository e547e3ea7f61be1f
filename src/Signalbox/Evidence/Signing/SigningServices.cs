using System.Net;
using System.Net.Http.Headers;

namespace Signalbox.Evidence.Signing;

/// <summary>A Sigstore service did not do what was asked of it.</summary>
public sealed class SigningServiceException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Speaks HTTP with the services of a Sigstore instance: no redirects, bounded time and size, and TLS wherever it is
/// not this machine.
/// </summary>
public sealed class SigningServices : IDisposable
{
    private const int LargestAnswer = 4 * 1024 * 1024;

    private readonly HttpClient _http;

    /// <param name="handler">Must not follow redirects.</param>
    public SigningServices(HttpMessageHandler handler) => _http = new(handler) { Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = LargestAnswer };

    /// <summary>With connections of its own.</summary>
    public static SigningServices Create() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) });

    /// <summary>Sends bytes and takes any answer of success.</summary>
    /// <exception cref="SigningServiceException">It could not be reached, refused, or is not to be spoken with.</exception>
    internal async Task<byte[]> PostAsync(Uri address, byte[] content, string contentType, string accept, CancellationToken cancel)
    {
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            throw new SigningServiceException($"{address} is not https; only a service on this machine may be spoken with in clear");
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        request.Headers.Accept.Add(new(accept));
        try
        {
            using var response = await _http.SendAsync(request, cancel).ConfigureAwait(false);
            var answer = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? answer : throw new SigningServiceException($"{address} answered {(int)response.StatusCode} {Reason(response.StatusCode, answer)}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            throw new SigningServiceException($"{address} could not be reached: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static string Reason(HttpStatusCode status, byte[] answer)
    {
        var text = System.Text.Encoding.UTF8.GetString(answer.AsSpan(0, Math.Min(answer.Length, 200)));
        return $"({status}): {string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim()}";
    }

    public void Dispose() => _http.Dispose();
}
