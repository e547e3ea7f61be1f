using System.Text;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Ledger;

namespace Signalbox.Gates;

/// <summary>A policy in force.</summary>
/// <param name="Scope">An environment (<c>production</c>), one application's (<c>shop/production</c>), or <c>*</c> for every environment that has no policy of its own.</param>
/// <param name="Policy">Null where this version cannot read the text.</param>
/// <param name="ProposedBy">Who proposed what <paramref name="By"/> approved; null where nobody else had to.</param>
public sealed record StoredPolicy(string Scope, Digest Digest, string Text, Policy? Policy, Principal By, DateTimeOffset At, string? ProposedBy);

/// <summary>A weakening that waits for somebody else's word.</summary>
public sealed record PolicyProposal(string Scope, Digest Digest, string Text, Principal By, DateTimeOffset At);

/// <summary>The policies in force, derived from the ledger.</summary>
public sealed class PolicyBook
{
    /// <summary>The scope of every environment that has no policy of its own: a release names its environments itself.</summary>
    public const string Everywhere = "*";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredPolicy> _policies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PolicyProposal> _proposals = new(StringComparer.Ordinal);
    private long _applied;

    public void Replay(ILedgerStore ledger)
    {
        for (long after = 0; ledger.Read(after, 500, PolicyEvents.Stream) is { Count: > 0 } page; after = page[^1].Sequence)
            foreach (var entry in page) Apply(entry);
    }

    public void Apply(LedgerEntry entry)
    {
        if (entry.Stream != PolicyEvents.Stream) return;
        lock (_gate)
        {
            if (entry.Sequence <= _applied) return;
            _applied = entry.Sequence;
            if (PolicyEvents.SetFrom(entry) is { } set)
            {
                _policies[set.Scope] = new(set.Scope, DigestOf(set.Text), set.Text, Parse(set.Text, set.Scope), entry.Principal, entry.At, set.ProposedBy);
                _proposals.Remove(set.Scope);
            }
            else if (PolicyEvents.ProposedFrom(entry) is { } proposed)
            {
                _proposals[proposed.Scope] = new(proposed.Scope, DigestOf(proposed.Text), proposed.Text, entry.Principal, entry.At);
            }
        }
    }

    public StoredPolicy? Find(string scope)
    {
        lock (_gate) return _policies.GetValueOrDefault(scope);
    }

    public PolicyProposal? Proposal(string scope)
    {
        lock (_gate) return _proposals.GetValueOrDefault(scope);
    }

    public IReadOnlyList<StoredPolicy> All
    {
        get
        {
            lock (_gate) return [.. _policies.Values.OrderBy(policy => policy.Scope, StringComparer.Ordinal)];
        }
    }

    /// <summary>The policy that holds in a scope now: its own, or for an environment without one the one of everywhere.</summary>
    public StoredPolicy? InForce(string scope)
    {
        lock (_gate) return Effective(scope);
    }

    /// <summary>What a track's releases have to satisfy: the environment's policy and the application's own, each by itself; gates warn where there is none.</summary>
    public IReadOnlyList<PolicyLayer> LayersOf(TrackKey track)
    {
        lock (_gate)
        {
            var layers = new[] { track.Environment, $"{track.Application}/{track.Environment}" }
                .Select(Effective).OfType<StoredPolicy>()
                .Select(stored => new PolicyLayer(NameOf(stored.Scope), stored.Digest, stored.Policy)).ToList();
            return layers.Count > 0 ? layers : [new("built-in policy", null, Policy.Default)];
        }
    }

    private StoredPolicy? Effective(string scope) => _policies.GetValueOrDefault(scope) ?? (scope.Contains('/', StringComparison.Ordinal) ? null : _policies.GetValueOrDefault(Everywhere));

    /// <summary>ENVIRONMENT, APPLICATION/ENVIRONMENT, or <see cref="Everywhere"/>.</summary>
    public static bool IsScope(string? scope) => scope == Everywhere || IsNamed(scope);

    /// <summary>One name, or two with a slash between them.</summary>
    public static bool IsNamed(string? scope) => scope?.Split('/') is { Length: 1 or 2 } parts && parts.All(Delivery.Reading.DnsName.IsValid);

    public static string NameOf(string scope) => $"policy of {scope}";

    public static Digest DigestOf(string text) => Digest.Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Zones were looked at when it was set: a machine without one must not lose the whole policy over it.</summary>
    private static Policy? Parse(string text, string scope) => PolicyReader.Read(Encoding.UTF8.GetBytes(text), NameOf(scope), _ => true).Policy;
}
