using System.Text.Json.Serialization;
using Signalbox.Delivery;
using Signalbox.Evidence.Reports;

namespace Signalbox.Evidence;

/// <summary>What a gate decides by: what was read from the content, and nothing that was not.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SignatureFact), "signature/1")]
[JsonDerivedType(typeof(ProvenanceFact), "provenance/1")]
[JsonDerivedType(typeof(SbomFact), "sbom/1")]
[JsonDerivedType(typeof(ScanFact), "scan/1")]
[JsonDerivedType(typeof(TestFact), "test/1")]
[JsonDerivedType(typeof(CoverageFact), "coverage/1")]
[JsonDerivedType(typeof(VexFact), "vex/1")]
[JsonDerivedType(typeof(AlertsFact), "alerts/1")]
[JsonDerivedType(typeof(ApprovalFact), "approval/1")]
[JsonDerivedType(typeof(OverrideFact), "override/1")]
public abstract record EvidenceFacts
{
    /// <summary>When the content says that it was made; null where it does not say.</summary>
    public DateTimeOffset? MadeAt { get; init; }

    /// <summary>Digests that the content itself names as what it is about; empty where it names none.</summary>
    public IReadOnlyList<Digest> Names { get; init; } = [];

    /// <summary>Who signed the content; null where it is not signed.</summary>
    public Signer? Signer { get; init; }
}

/// <summary>The identity that a verified signature proves: a key, or a certificate's subject and the issuer of its identity.</summary>
/// <param name="Key">SHA-256 of the key's SubjectPublicKeyInfo, for a signature by a plain key.</param>
/// <param name="Identity">The certificate's subject alternative name (an e-mail address or a workflow's address).</param>
/// <param name="Issuer">Who vouched for the identity, from the certificate.</param>
/// <param name="Source">
/// The repository whose run signed, from the certificate: a reusable workflow's name is that of the workflow, whoever calls it. Null where
/// the certificate does not say, and in facts of versions that did not.
/// </param>
public sealed record Signer(Digest? Key = null, string? Identity = null, string? Issuer = null, string? Source = null)
{
    public override string ToString() => Key is { } key ? $"key {key.Short}" : Issuer is null ? Identity ?? "nobody" : $"{Identity} ({Issuer})";
}

/// <param name="Form">sigstore, cosign, notation or key.</param>
public sealed record SignatureFact(string Form) : EvidenceFacts;

/// <param name="Level">The SLSA build level that the verified builder is known for; 0 where it is not known.</param>
/// <param name="Source">The source repository, as the statement says it.</param>
/// <param name="Ref">Branch or tag.</param>
/// <param name="Commit">The source's commit.</param>
/// <param name="Unknown">External parameters that no known build type has; SLSA has a verifier fail on those that nobody expects.</param>
public sealed record ProvenanceFact(
    int Level, string Builder, string BuildType, string? Source, string? Ref, string? Commit, IReadOnlyList<string> Unknown) : EvidenceFacts;

/// <param name="Format">cyclonedx or spdx.</param>
/// <param name="Missing">What the NTIA minimum elements ask for and it does not say.</param>
public sealed record SbomFact(string Format, string SpecVersion, int Components, IReadOnlyList<string> Missing) : EvidenceFacts
{
    /// <summary>Why it is not the whole list, by its own word; null where it does not say so, and in facts of versions that did not look.</summary>
    public string? Partial { get; init; }
}

/// <param name="Covers">What the scanner looked for: no finding of another kind means nothing.</param>
/// <param name="Findings">Each entry of the report, as <see cref="ReportReader"/> has it.</param>
public sealed record ScanFact(string Tool, IReadOnlyList<FindingKind> Covers, IReadOnlyList<ScanFinding> Findings) : EvidenceFacts
{
    /// <summary>Of SARIF: the programs that wrote it, by their own names; null of other formats, and in facts of versions that did not say.</summary>
    public IReadOnlyList<string>? Drivers { get; init; }

    /// <summary>What people call it: the program itself where the format is not one of its own.</summary>
    [JsonIgnore]
    public string Name => Drivers is { Count: > 0 } drivers ? string.Join(", ", drivers) : Tool;

    /// <summary>Whether it is by a tool that a policy names: by the format's name, or by the program's.</summary>
    public bool IsBy(string tool) => Tool == tool || (Drivers ?? []).Contains(tool, StringComparer.OrdinalIgnoreCase);
}

/// <param name="Failed">Those that failed, and those that could not end.</param>
public sealed record TestFact(long Total, long Failed, long Skipped) : EvidenceFacts;

public sealed record CoverageFact(long LinesCovered, long LinesTotal, long BranchesCovered, long BranchesTotal) : EvidenceFacts;

public sealed record VexFact(IReadOnlyList<VexStatement> Statements) : EvidenceFacts;

/// <param name="WithoutAction">Names of the alerts that say neither a runbook nor an action.</param>
public sealed record AlertsFact(int Rules, IReadOnlyList<string> WithoutAction) : EvidenceFacts;

/// <summary>An approval holds for this release in this configuration and for nothing else.</summary>
public sealed record ApprovalFact(string Application, string Environment, Digest Release, Digest Configuration, string? Comment) : EvidenceFacts;

/// <param name="Gate">One of <see cref="Delivery.Policies.GateTable.Overridable"/>.</param>
public sealed record OverrideFact(
    string Gate, string Application, string Environment, Digest Release, Digest Configuration, string Reason, DateTimeOffset Expires) : EvidenceFacts;
