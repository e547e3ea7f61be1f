namespace Signalbox.Server.Access;

/// <summary>
/// One-time login codes, which end with the process, and the page's sessions, which outlive it where a file keeps them; both
/// end with the token they came from.
/// </summary>
internal sealed class Sessions
{
    public static readonly TimeSpan CodeValidFor = TimeSpan.FromMinutes(5), SessionValidFor = TimeSpan.FromHours(12);

    // bounds on memory: who asks for more loses its own oldest, and signs nobody else out
    private const int Most = 1024, MostOfOneToken = 64;

    private readonly TimeProvider _time;
    private readonly SessionFile? _file;
    private readonly Lock _gate = new();
    private readonly List<Ticket> _codes = [], _sessions = [];

    private sealed record Ticket(byte[] Hash, string TokenId, DateTimeOffset ExpiresAt);

    public Sessions(TimeProvider time, SessionFile? file = null)
    {
        (_time, _file) = (time, file);
        foreach (var kept in file?.Read().Take(Most) ?? [])
            if (kept is { TokenId: not null } && IsHash(kept.Hash)) _sessions.Add(new(Convert.FromHexString(kept.Hash), kept.TokenId, kept.ExpiresAt));
    }

    public (string Code, DateTimeOffset ExpiresAt) NewCode(string tokenId)
    {
        lock (_gate) return Add(_codes, tokenId, CodeValidFor);
    }

    /// <summary>Spends a code: a second try with it fails.</summary>
    public (string Session, DateTimeOffset ExpiresAt)? Redeem(string code)
    {
        lock (_gate)
        {
            if (Take(_codes, code) is not { } ticket) return null;
            _codes.Remove(ticket);
            return Begin(ticket.TokenId);
        }
    }

    public (string Session, DateTimeOffset ExpiresAt) Begin(string tokenId)
    {
        lock (_gate)
        {
            var begun = Add(_sessions, tokenId, SessionValidFor);
            Keep();
            return begun;
        }
    }

    /// <returns>The token a session came from, and when it ends.</returns>
    public (string TokenId, DateTimeOffset ExpiresAt)? Find(string session)
    {
        lock (_gate) return Take(_sessions, session) is { } ticket ? (ticket.TokenId, ticket.ExpiresAt) : null;
    }

    public void End(string session)
    {
        lock (_gate)
            if (Take(_sessions, session) is { } ticket && _sessions.Remove(ticket)) Keep();
    }

    private void Keep() => _file?.Write([.. _sessions.Select(ticket => new StoredSession(Convert.ToHexStringLower(ticket.Hash), ticket.TokenId, ticket.ExpiresAt))]);

    private (string Secret, DateTimeOffset ExpiresAt) Add(List<Ticket> tickets, string tokenId, TimeSpan validFor)
    {
        var secret = Secret.New();
        var expires = _time.GetUtcNow() + validFor;
        tickets.RemoveAll(t => t.ExpiresAt <= _time.GetUtcNow());
        if (tickets.Count(ticket => ticket.TokenId == tokenId) >= MostOfOneToken) tickets.Remove(tickets.First(ticket => ticket.TokenId == tokenId));
        else if (tickets.Count >= Most) tickets.Remove(tickets.GroupBy(ticket => ticket.TokenId).MaxBy(own => own.Count())!.First());
        tickets.Add(new(Secret.Hash(secret), tokenId, expires));
        return (secret, expires);
    }

    private Ticket? Take(List<Ticket> tickets, string secret)
    {
        var hash = Secret.Hash(secret);
        Ticket? found = null;
        foreach (var ticket in tickets)
            if (Secret.Same(ticket.Hash, hash)) found = ticket;
        return found is not null && found.ExpiresAt > _time.GetUtcNow() ? found : null;
    }

    private static bool IsHash(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigit);
}
