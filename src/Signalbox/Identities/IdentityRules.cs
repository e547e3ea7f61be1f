using Signalbox.Delivery;

namespace Signalbox.Identities;

/// <summary>A CI system whose jobs are known by their tokens.</summary>
/// <param name="Provider">github, gitlab or azure: which claims name a repository for good.</param>
/// <param name="Address">As tokens say it, exactly.</param>
/// <param name="Keys">Where its keys are; null where its discovery document says it.</param>
public sealed record IdentityIssuer(string Name, string Provider, string Address, Uri? Keys)
{
    /// <summary>Whom its tokens are for, where its jobs cannot ask for ours; null: ours.</summary>
    public string? Audience { get; init; }
}

/// <summary>What a job may do here.</summary>
/// <param name="Principal">Who acts then; begins with <c>ci:</c>.</param>
/// <param name="Application">The only one that it is let in for; null for any.</param>
/// <param name="Environment">The only one that it is let in for; null for any.</param>
/// <param name="Claims">All must be in the token; <c>*</c> stands for any characters, except in what names a repository.</param>
public sealed record IdentityRule(string Principal, string Issuer, IReadOnlyDictionary<string, string> Claims, IReadOnlyList<string> Scopes, TimeSpan ValidFor, string? Application = null, string? Environment = null);

/// <summary>Which jobs are let in, and as whom: kept by the control plane's operator, never taken from a token.</summary>
public sealed record IdentityRules(string Audience, IReadOnlyList<IdentityIssuer> Issuers, IReadOnlyList<IdentityRule> Rules)
{
    /// <summary>Whom an issuer's tokens must be for.</summary>
    public string AudienceOf(IdentityIssuer issuer) => issuer.Audience ?? Audience;

    public IdentityIssuer? IssuerOf(string? address) => Issuers.FirstOrDefault(issuer => issuer.Address == address);

    /// <summary>The first rule that the identity meets.</summary>
    public IdentityRule? RuleFor(PipelineIdentity identity) => IssuerOf(identity.Issuer) is { } issuer
        ? Rules.FirstOrDefault(rule => rule.Issuer == issuer.Name && rule.Claims.All(claim => identity.Claims.TryGetValue(claim.Key, out var value) && Glob.Matches(claim.Value, value)))
        : null;
}
