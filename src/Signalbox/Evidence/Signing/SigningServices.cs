using System.Net;
using Signalbox.Outbound;

namespace Signalbox.Evidence.Signing;

/// <summary>A Sigstore service did not do what was asked of it.</summary>
public sealed class SigningServiceException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Speaks with the services of a Sigstore instance, by the rules of all that goes out.</summary>
public sealed class SigningServices(OutboundClient client) : IDisposable
{
    private const int LargestAnswer = 4 * 1024 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>With connections of its own.</summary>
    /// <param name="plan">The services that were named, which may be on this machine or in a private network.</param>
    public static SigningServices Create(SigningPlan plan) => new(new(OutboundRules.Naming(plan.Fulcio, plan.Rekor, plan.TimestampAuthority)));

    /// <summary>Sends bytes and takes any answer of success.</summary>
    /// <exception cref="SigningServiceException">It could not be reached, refused, or is not to be spoken with.</exception>
    internal async Task<byte[]> PostAsync(Uri address, byte[] content, string contentType, string accept, CancellationToken cancel)
    {
        try
        {
            var answer = await client.SendAsync(new(HttpMethod.Post, address, LargestAnswer, s_patience) { Content = content, ContentType = contentType, Accept = [accept] }, cancel).ConfigureAwait(false);
            return answer.IsSuccess ? answer.Body : throw new SigningServiceException($"{address} answered {answer.Status} {Reason((HttpStatusCode)answer.Status, answer.Body)}");
        }
        catch (OutboundException e)
        {
            throw new SigningServiceException(e.Message, e);
        }
    }

    private static string Reason(HttpStatusCode status, byte[] answer)
    {
        var text = System.Text.Encoding.UTF8.GetString(answer.AsSpan(0, Math.Min(answer.Length, 200)));
        return $"({status}): {string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim()}";
    }

    public void Dispose() => client.Dispose();
}
