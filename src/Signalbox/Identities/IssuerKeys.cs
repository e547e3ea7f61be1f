using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Outbound;

namespace Signalbox.Identities;

/// <summary>An issuer's keys could not be had, so nothing can be decided.</summary>
public sealed class IssuerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Keys of issuers, fetched when they are needed: at most once in <see cref="Between"/> for each issuer, whatever a token
/// names, used for <see cref="Fresh"/>, and for <see cref="Longest"/> while the issuer is away.
/// </summary>
/// <param name="client">Speaks with an issuer and its key address; the caller disposes it.</param>
public sealed class IssuerKeys(TimeProvider time, Func<IdentityIssuer, OutboundClient>? client = null) : IDisposable
{
    public static readonly TimeSpan Between = TimeSpan.FromSeconds(30), Fresh = TimeSpan.FromHours(1), Longest = TimeSpan.FromHours(24);

    private const int LargestDocument = 256 << 10, MostIssuers = 50;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<IdentityIssuer, Slot> _slots = [];

    /// <summary>One issuer's turn and what is known of it: a slow one holds up nobody else's.</summary>
    private sealed class Slot
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public Known? Known { get; set; }

        /// <summary>A fetch that goes on, whoever began it: one who hangs up does not make the next one fetch again.</summary>
        public Task<Known>? Trying { get; set; }
    }

    private sealed record Known(JsonWebKeySet? Keys, DateTimeOffset FetchedAt, DateTimeOffset TriedAt, string? Problem);

    /// <param name="keyId">The key that a token names; one that is not known asks anew, within bounds.</param>
    /// <exception cref="IssuerUnavailableException">There are no keys that may still be used.</exception>
    public async Task<JsonWebKeySet> ForAsync(IdentityIssuer issuer, string? keyId, CancellationToken cancel)
    {
        var slot = SlotOf(issuer);
        await slot.Turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var (now, known) = (time.GetUtcNow(), slot.Known);
            if (known?.Keys is { } fresh && now - known.FetchedAt < Fresh && fresh.Keys.Any(key => keyId is null || key.Id == keyId)) return fresh;
            // what a fetch brought that nobody waited for is of when it was asked: then it is asked once more
            for (var tries = 0; tries < 2 && (known is null || now - known.TriedAt >= Between); tries++) known = await TriedAsync(slot, issuer, now, cancel).ConfigureAwait(false);
            return known!.Keys is { } keys && now - known.FetchedAt < Longest ? keys : throw new IssuerUnavailableException(known.Problem ?? $"the keys of {issuer.Address} are too old");
        }
        finally
        {
            slot.Turn.Release();
        }
    }

    private Slot SlotOf(IdentityIssuer issuer)
    {
        lock (_gate)
        {
            if (_slots.TryGetValue(issuer, out var slot)) return slot;
            if (_slots.Count >= MostIssuers) _slots.Clear();
            return _slots[issuer] = new();
        }
    }

    private async Task<Known> TriedAsync(Slot slot, IdentityIssuer issuer, DateTimeOffset now, CancellationToken cancel)
    {
        var trying = slot.Trying ??= TryAsync(issuer, slot.Known, now);
        try
        {
            return slot.Known = await trying.WaitAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            if (trying.IsCompleted) slot.Trying = null;
        }
    }

    /// <summary>Each request has its own patience, so that it ends.</summary>
    private async Task<Known> TryAsync(IdentityIssuer issuer, Known? before, DateTimeOffset now)
    {
        try
        {
            return new(await FetchAsync(issuer, CancellationToken.None).ConfigureAwait(false), now, now, null);
        }
        catch (Exception e) when (e is OutboundException or FormatException or MalformedException)
        {
            return new(before?.Keys, before?.FetchedAt ?? default, now, $"the keys of {issuer.Address} could not be had: {e.Message}");
        }
    }

    private async Task<JsonWebKeySet> FetchAsync(IdentityIssuer issuer, CancellationToken cancel)
    {
        using var http = client?.Invoke(issuer) ?? new(OutboundRules.Naming(new Uri(issuer.Address), issuer.Keys), time);
        var address = issuer.Keys ?? await DiscoverAsync(http, issuer, cancel).ConfigureAwait(false);
        return JsonWebKeySet.Read(await GetAsync(http, address, cancel).ConfigureAwait(false));
    }

    /// <summary>OpenID Connect Discovery 1.0 section 4; the keys must be the same host's, or be named by the operator.</summary>
    private static async Task<Uri> DiscoverAsync(OutboundClient http, IdentityIssuer issuer, CancellationToken cancel)
    {
        var own = new Uri(issuer.Address);
        var document = JsonFields.Parse(await GetAsync(http, new(issuer.Address.TrimEnd('/') + "/.well-known/openid-configuration"), cancel).ConfigureAwait(false), "the discovery document");
        if (document.Text("issuer") != issuer.Address) throw new MalformedException("the discovery document is of another issuer");
        return Uri.TryCreate(document.RequiredText("jwks_uri"), UriKind.Absolute, out var keys) && keys.Scheme == own.Scheme && keys.Authority == own.Authority
            ? keys
            : throw new MalformedException("the discovery document names keys on another host; expected `keys:` in the identities file");
    }

    private static async Task<byte[]> GetAsync(OutboundClient http, Uri address, CancellationToken cancel)
    {
        var answer = await http.SendAsync(OutboundRequest.Get(address, LargestDocument, s_patience) with { Accept = ["application/json"], Redirects = RedirectRule.SameOrigin }, cancel).ConfigureAwait(false);
        return answer.IsSuccess ? answer.Body : throw new MalformedException($"{address} answered {answer.Status}");
    }

    public void Dispose()
    {
        lock (_gate)
            foreach (var slot in _slots.Values) slot.Turn.Dispose();
    }
}
