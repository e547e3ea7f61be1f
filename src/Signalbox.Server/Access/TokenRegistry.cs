using System.Collections.Immutable;
using System.Text.Json;
using Signalbox.Api;
using Signalbox.Identities;
using Signalbox.Ledger;

namespace Signalbox.Server.Access;

internal sealed record StoredToken(
    string Id, Principal Principal, Scope Scopes, TokenBound Bound, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, byte[] Hash)
{
    public TokenView ToView() => new(Id, Principal.Name, Scopes.ToNames(), CreatedAt, ExpiresAt, Bound.Application, Bound.Environment);
}

/// <summary>The tokens in force, derived from the ledger: making and revoking one are facts like any other.</summary>
internal sealed class TokenRegistry(TimeProvider time)
{
    public const string Stream = "signalbox";
    private const string Created = "token.created/1", Revoked = "token.revoked/1";

    private readonly Lock _gate = new();
    private readonly HashSet<string> _revoked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _spent = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, StoredToken> _tokens = ImmutableDictionary<string, StoredToken>.Empty;

    /// <summary>How many each request is compared with.</summary>
    internal int Held => _tokens.Count;

    /// <param name="exchanged">What it was given for (<see cref="TrySpend"/>); null where an admin makes it.</param>
    public static (string Token, NewEntry Fact) Make(string principal, Scope scopes, DateTimeOffset expiresAt, Principal by, string? exchanged = null, TokenBound? bound = null)
    {
        var token = Secret.New(Secret.TokenPrefix);
        var fact = new TokenCreatedFact(Secret.NewId(), principal, scopes.ToNames(), expiresAt, Convert.ToHexStringLower(Secret.Hash(token)), exchanged, bound?.Application, bound?.Environment);
        return (token, new(Stream, Created, by, JsonSerializer.SerializeToUtf8Bytes(fact, TokenJson.Default.TokenCreatedFact)));
    }

    public static NewEntry Revoke(string id, Principal by) =>
        new(Stream, Revoked, by, JsonSerializer.SerializeToUtf8Bytes(new TokenRevokedFact(id), TokenJson.Default.TokenRevokedFact));

    public static bool IsRevocation(LedgerEntry entry) => entry.Type == Revoked;

    public void Replay(ILedgerStore ledger)
    {
        for (long after = 0; ledger.Read(after, 500, Stream) is { Count: > 0 } page; after = page[^1].Sequence)
            foreach (var entry in page) Apply(entry);
    }

    /// <summary>Takes in a fact; one that is told twice, or late, changes nothing: what is revoked stays so.</summary>
    /// <returns>The token that the entry made, if it made one.</returns>
    public StoredToken? Apply(LedgerEntry entry)
    {
        lock (_gate)
        {
            if (entry.Type == Created) return Add(entry);
            if (entry.Type == Revoked && JsonSerializer.Deserialize(entry.Data.Span, TokenJson.Default.TokenRevokedFact) is { } fact)
                (_tokens, _) = (_tokens.Remove(fact.Id), _revoked.Add(fact.Id));
            return null;
        }
    }

    /// <summary>Spends a job's token: it is taken once, also by a control plane that was restarted in between.</summary>
    /// <param name="until">From when on it could not be used anyway.</param>
    /// <returns>False where it is spent.</returns>
    public bool TrySpend(string once, DateTimeOffset until)
    {
        lock (_gate)
        {
            foreach (var old in _spent.Where(spent => spent.Value <= time.GetUtcNow()).Select(spent => spent.Key).ToList()) _spent.Remove(old);
            return _spent.TryAdd(once, until);
        }
    }

    /// <summary>The token's record where it is in force. Every hash is compared, each in constant time.</summary>
    public StoredToken? Find(string token)
    {
        if (!token.StartsWith(Secret.TokenPrefix, StringComparison.Ordinal) || token.Length > 64) return null;
        var hash = Secret.Hash(token);
        StoredToken? found = null;
        foreach (var candidate in _tokens.Values)
            if (Secret.Same(candidate.Hash, hash)) found = candidate;
        return found is not null && InForce(found) ? found : null;
    }

    public StoredToken? ById(string id) => _tokens.GetValueOrDefault(id) is { } token && InForce(token) ? token : null;

    public IReadOnlyList<TokenView> List() =>
        [.. _tokens.Values.Where(InForce).OrderBy(t => t.CreatedAt).ThenBy(t => t.Id, StringComparer.Ordinal).Select(t => t.ToView())];

    /// <summary>Whether somebody else has been given this very scope; an admin, who may everything, is nobody's second person by that alone.</summary>
    /// <param name="may">Whether a token for so much may speak here.</param>
    public bool HasOther(Scope scope, Principal than, Func<TokenBound, bool> may) =>
        _tokens.Values.Any(token => InForce(token) && (token.Scopes & scope) != 0 && token.Principal != than && may(token.Bound));

    private bool InForce(StoredToken token) => token.ExpiresAt > time.GetUtcNow();

    private StoredToken Add(LedgerEntry entry)
    {
        var fact = JsonSerializer.Deserialize(entry.Data.Span, TokenJson.Default.TokenCreatedFact)!;
        // no job's token lives longer, so that none can come again after that
        if (fact.Exchanged is { } once && entry.At + PipelineToken.LongestLife + 2 * PipelineToken.Skew is var until && until > time.GetUtcNow()) _spent.TryAdd(once, until);
        _ = Scopes.TryParse(fact.Scopes, out var scopes);
        var token = new StoredToken(fact.Id, new(fact.Principal), scopes, new(fact.Application, fact.Environment), entry.At, fact.ExpiresAt, Convert.FromHexString(fact.Hash));
        // with a token for each job, those that ended would be compared with each request for ever
        _tokens = _tokens.RemoveRange(_tokens.Values.Where(other => !InForce(other)).Select(other => other.Id));
        if (InForce(token) && !_revoked.Contains(token.Id)) _tokens = _tokens.SetItem(token.Id, token);
        return token;
    }
}
