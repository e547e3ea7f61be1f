namespace Signalbox.Server.Access;

/// <summary>One-time login codes and the page's sessions; both end with the process and with the token they came from.</summary>
internal sealed class Sessions(TimeProvider time)
{
    public static readonly TimeSpan CodeValidFor = TimeSpan.FromMinutes(5), SessionValidFor = TimeSpan.FromHours(12);

    // a bound on memory: an admin who asks for more loses the oldest
    private const int Most = 256;

    private readonly Lock _gate = new();
    private readonly List<Ticket> _codes = [], _sessions = [];

    private sealed record Ticket(byte[] Hash, string TokenId, DateTimeOffset ExpiresAt);

    public (string Code, DateTimeOffset ExpiresAt) NewCode(string tokenId) => Add(_codes, tokenId, CodeValidFor);

    /// <summary>Spends a code: a second try with it fails.</summary>
    public (string Session, DateTimeOffset ExpiresAt)? Redeem(string code)
    {
        lock (_gate)
        {
            if (Take(_codes, code) is not { } ticket) return null;
            _codes.Remove(ticket);
            return Add(_sessions, ticket.TokenId, SessionValidFor);
        }
    }

    /// <returns>The token a session came from.</returns>
    public string? TokenOf(string session)
    {
        lock (_gate) return Take(_sessions, session)?.TokenId;
    }

    private (string Secret, DateTimeOffset ExpiresAt) Add(List<Ticket> tickets, string tokenId, TimeSpan validFor)
    {
        var secret = Secret.New();
        var expires = time.GetUtcNow() + validFor;
        lock (_gate)
        {
            tickets.RemoveAll(t => t.ExpiresAt <= time.GetUtcNow());
            if (tickets.Count >= Most) tickets.RemoveAt(0);
            tickets.Add(new(Secret.Hash(secret), tokenId, expires));
        }

        return (secret, expires);
    }

    private Ticket? Take(List<Ticket> tickets, string secret)
    {
        var hash = Secret.Hash(secret);
        Ticket? found = null;
        foreach (var ticket in tickets)
            if (Secret.Same(ticket.Hash, hash)) found = ticket;
        return found is not null && found.ExpiresAt > time.GetUtcNow() ? found : null;
    }
}
