using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Verification;

namespace Signalbox.Gates.BuiltIn;

/// <summary>Whose signatures count: keys by their digest, identities by patterns, their issuers exactly, and the source of the run that signed.</summary>
/// <param name="needsIssuers">
/// Whether an identity counts only where the policy also says who must vouch for it. Provenance was held against its builder's issuer
/// and against its source when it was verified; of any other signature nobody else says it.
/// </param>
internal sealed class SignerRules(GateRule rule, bool needsIssuers = false)
{
    private readonly IReadOnlyList<string> _keys = rule.Values("keys");

    // a list that is written and empty names nobody; only one that is not written is no demand
    private readonly IReadOnlyList<string>? _identities = rule.Settings.GetValueOrDefault("identities"), _issuers = rule.Settings.GetValueOrDefault("issuers"), _sources = rule.Settings.GetValueOrDefault("sources");

    /// <summary>Identities are all that it names, and anybody may vouch for them.</summary>
    public bool LacksIssuers => needsIssuers && _keys.Count == 0 && _identities is { Count: > 0 } && _issuers is null;

    public bool NamesNobody => _keys.Count == 0 && _identities is null or { Count: 0 };

    /// <summary>Whether a signer would count if the policy named the source of the run that signed.</summary>
    public bool LacksSources(Signer? signer) => needsIssuers && _sources is null && signer is { Key: null, Identity: not null, Issuer: not null } && Refuses(signer) is not null && Refuses(signer with { Source = null }) is null;

    /// <param name="anyIdentity">Whether an identity counts where neither identities nor keys are named.</param>
    /// <returns>Why this signer does not count; null where it does.</returns>
    public string? Refuses(Signer? signer, bool anyIdentity = false)
    {
        if (signer is null) return "nobody is proven to have signed it";
        if (signer.Key is { } key) return _keys.Contains(key.Value, StringComparer.Ordinal) ? null : $"its key {key} is none of those that count";
        if (signer.Identity is not { } identity || signer.Issuer is not { } issuer) return "its signer has no identity, or nobody vouches for it";
        if (!(anyIdentity && _identities is null && _keys.Count == 0) && !(_identities ?? []).Any(pattern => Glob.Matches(pattern, identity))) return $"its signer {identity} is none of those that count";
        if (needsIssuers && _issuers is null) return $"no policy says who must vouch for {identity}; expected issuers";
        if (_issuers is not null && !_issuers.Contains(issuer, StringComparer.Ordinal)) return $"its issuer {issuer} is none of those that count";
        return needsIssuers ? Source(identity, signer.Source) : null;
    }

    /// <summary>A reusable workflow signs by its own name in whoever's run it is called.</summary>
    private string? Source(string identity, string? source)
    {
        if (_sources is not null) return source is not null && IsOneOf(_sources, source) ? null : $"it was signed in a run of {source ?? "an unnamed source"}, which is none of the sources that count";
        return source is null || !SourceRepositories.IsWorkflow(identity) || SourceRepositories.Has(source, identity) ? null
            : $"its signer {identity} is a workflow that ran for {source}, and anybody may call one; expected sources";
    }

    /// <summary>The same repository is written in many ways; policies have it as <c>github.com/acme/shop</c>.</summary>
    internal static bool IsOneOf(IReadOnlyList<string> sources, string source) => sources.Any(pattern => Glob.Matches(SourceRepositories.Plain(pattern), SourceRepositories.Plain(source)));
}
