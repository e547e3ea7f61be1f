using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>Whose signatures count: keys by their digest, identities by patterns and their issuers exactly.</summary>
/// <param name="needsIssuers">
/// Whether an identity counts only where the policy also says who must vouch for it. Provenance was held against its builder's issuer
/// when it was verified; of any other signature nobody else says it.
/// </param>
internal sealed class SignerRules(GateRule rule, bool needsIssuers = false)
{
    private readonly IReadOnlyList<string> _keys = rule.Values("keys");

    // a list that is written and empty names nobody; only one that is not written is no demand
    private readonly IReadOnlyList<string>? _identities = rule.Settings.GetValueOrDefault("identities"), _issuers = rule.Settings.GetValueOrDefault("issuers");

    /// <summary>Identities are all that it names, and anybody may vouch for them.</summary>
    public bool LacksIssuers => needsIssuers && _keys.Count == 0 && _identities is { Count: > 0 } && _issuers is null;

    public bool NamesNobody => _keys.Count == 0 && _identities is null or { Count: 0 };

    /// <param name="anyIdentity">Whether an identity counts where no identities are named.</param>
    /// <returns>Why this signer does not count; null where it does.</returns>
    public string? Refuses(Signer? signer, bool anyIdentity = false)
    {
        if (signer is null) return "nobody is proven to have signed it";
        if (signer.Key is { } key) return _keys.Contains(key.Value, StringComparer.Ordinal) ? null : $"its key {key} is none of those that count";
        if (signer.Identity is not { } identity || signer.Issuer is not { } issuer) return "its signer has no identity, or nobody vouches for it";
        if (!(anyIdentity && _identities is null) && !(_identities ?? []).Any(pattern => Glob.Matches(pattern, identity))) return $"its signer {identity} is none of those that count";
        if (needsIssuers && _issuers is null) return $"no policy says who must vouch for {identity}; expected issuers";
        return _issuers is null || _issuers.Contains(issuer, StringComparer.Ordinal) ? null : $"its issuer {issuer} is none of those that count";
    }
}
