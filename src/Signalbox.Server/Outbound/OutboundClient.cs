using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Signalbox.Server.Outbound;

/// <summary>How a request that went out ended.</summary>
/// <param name="Status">0 where there was no answer.</param>
/// <param name="Problem">Null where it was taken (2xx); never has the address, which may be a secret.</param>
internal sealed record OutboundAnswer(int Status, string? Problem);

/// <summary>
/// Sends to addresses that an admin configured: https, or http to this machine; no redirects, no proxy, no cookies. A name
/// is resolved once and that very address is connected to; link-local and metadata addresses are refused.
/// </summary>
internal sealed class OutboundClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private const int LongestAnswer = 64 << 10;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = ConnectAsync,
    })
    { Timeout = s_patience, MaxResponseContentBufferSize = LongestAnswer };

    /// <returns>Why nothing may be sent there, in words that go after the address's name; null where it may.</returns>
    public static string? Refuse(Uri address) => address switch
    {
        { IsAbsoluteUri: false } => "is no whole address; expected https://…",
        { UserInfo.Length: > 0 } => "holds a user's name; expected none",
        { Scheme: "https" } => null,
        { Scheme: "http", IsLoopback: true } => null,
        { Scheme: "http" } => "is http to another machine; expected https",
        _ => $"has the scheme {address.Scheme}; expected https",
    };

    public async Task<OutboundAnswer> PostAsync(Uri address, byte[] body, string mediaType, IEnumerable<(string Name, string Value)> headers, CancellationToken cancel)
    {
        if (Refuse(address) is { } refused) return new(0, $"the address {refused}");
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        request.Headers.UserAgent.ParseAdd("signalbox");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            return new((int)answer.StatusCode, answer.IsSuccessStatusCode ? null : $"it answered {(int)answer.StatusCode}{(answer.StatusCode is >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest ? ", and redirects are not followed" : "")}");
        }
        catch (HttpRequestException error)
        {
            return new(0, Plain(error.HttpRequestError, error.InnerException));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(0, $"no answer within {s_patience.TotalSeconds:0} s");
        }
    }

    /// <summary>The library's own text names the address; what is wrong does not need it.</summary>
    private static string Plain(HttpRequestError error, Exception? inner) => inner is RefusedAddressException refused ? refused.Message : error switch
    {
        HttpRequestError.NameResolutionError => "its name cannot be resolved",
        HttpRequestError.ConnectionError => inner is SocketException socket ? $"it cannot be connected to: {socket.SocketErrorCode}" : "it cannot be connected to",
        HttpRequestError.SecureConnectionError => "its certificate or TLS was not accepted",
        _ => $"the connection failed: {error}",
    };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var addresses = await ResolveAsync(context.DnsEndPoint.Host, cancel).ConfigureAwait(false);
        var inClear = context.InitialRequestMessage.RequestUri?.Scheme != "https";
        var address = addresses.FirstOrDefault(candidate => !IsRefused(candidate) && (!inClear || IPAddress.IsLoopback(candidate)))
            ?? throw new RefusedAddressException($"it resolves to no address that may be spoken with{(inClear ? " in clear" : "")}");
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, context.DnsEndPoint.Port, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancel) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancel).ConfigureAwait(false);

    /// <summary>Link-local (also the metadata services of the large clouds), and what is no single machine.</summary>
    internal static bool IsRefused(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any) || address.Equals(s_metadataV6)) return true;
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4 && (bytes[0] is 0 or >= 224 || (bytes[0] == 169 && bytes[1] == 254) || address.Equals(s_metadataV4));
    }

    // fd00:ec2::254 and 100.100.100.200: the metadata addresses that are not link-local
    private static readonly IPAddress s_metadataV6 = IPAddress.Parse("fd00:ec2::254"), s_metadataV4 = IPAddress.Parse("100.100.100.200");

    public void Dispose() => _http.Dispose();

    private sealed class RefusedAddressException(string message) : Exception(message);
}
