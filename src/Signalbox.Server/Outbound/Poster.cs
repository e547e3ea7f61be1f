using System.Collections.Concurrent;
using System.Net;
using Signalbox.Outbound;

namespace Signalbox.Server.Outbound;

/// <summary>How a request that went out ended.</summary>
/// <param name="Status">0 where there was no answer.</param>
/// <param name="Problem">Null where it was taken (2xx); never has the address, which may be a secret.</param>
internal sealed record PostAnswer(int Status, string? Problem);

/// <summary>
/// Posts to addresses that an admin configured: https, or http to this machine; redirects are not followed. Being configured is
/// being named: they may be in a private network, but never link-local or a metadata service (<see cref="OutboundClient"/>).
/// </summary>
internal sealed class Poster : IDisposable
{
    private const int LongestAnswer = 64 << 10;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // one for each host and port: what one sink may reach, another may not
    private readonly ConcurrentDictionary<string, OutboundClient> _clients = new(StringComparer.OrdinalIgnoreCase);

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

    public async Task<PostAnswer> PostAsync(Uri address, byte[] body, string mediaType, IReadOnlyList<(string Name, string Value)> headers, CancellationToken cancel)
    {
        if (Refuse(address) is { } refused) return new(0, $"the address {refused}");
        var client = _clients.GetOrAdd(address.GetLeftPart(UriPartial.Authority), _ => new(OutboundRules.Naming(address)));
        try
        {
            var answer = await client.SendAsync(new(HttpMethod.Post, address, LongestAnswer, s_patience) { Content = body, ContentType = mediaType, Headers = headers, CutsAnswer = true }, cancel).ConfigureAwait(false);
            return new(answer.Status, answer.IsSuccess ? null : Refused((HttpStatusCode)answer.Status));
        }
        catch (OutboundException error)
        {
            return new(0, Plain(error.Failure));
        }
    }

    private static string Refused(HttpStatusCode status) =>
        $"it answered {(int)status}{(status is >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest ? ", and redirects are not followed" : "")}";

    /// <summary>The client's own text names the address; what is wrong does not need it.</summary>
    private static string Plain(OutboundFailure failure) => failure switch
    {
        OutboundFailure.Forbidden => "it resolves to an address that may not be spoken with",
        OutboundFailure.TooSlow => $"no answer within {s_patience.TotalSeconds:0} s",
        _ => "it cannot be reached",
    };

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }
}
