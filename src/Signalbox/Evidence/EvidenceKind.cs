using System.Text.Json.Serialization;

namespace Signalbox.Evidence;

/// <summary>What a piece of evidence speaks of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EvidenceKind>))]
public enum EvidenceKind
{
    /// <summary>Who vouches for the subject: a Sigstore bundle, a cosign or Notation signature.</summary>
    Signature,

    /// <summary>How it was built: a signed SLSA provenance statement.</summary>
    Provenance,

    /// <summary>What it is made of: CycloneDX or SPDX.</summary>
    Sbom,

    /// <summary>What a scanner found: vulnerabilities, code findings, secrets, configuration.</summary>
    Scan,

    /// <summary>Tests that ran: JUnit or TRX.</summary>
    Test,

    /// <summary>How much of the code the tests reach.</summary>
    Coverage,

    /// <summary>Findings that are set aside, each with a reason and an end.</summary>
    Vex,

    /// <summary>Alert rules that watch it.</summary>
    Alerts,

    /// <summary>A person lets a release into an environment.</summary>
    Approval,

    /// <summary>A person lets a release through a freeze window.</summary>
    Override,
}

/// <summary>Kinds as people write them: lower case.</summary>
public static class EvidenceKinds
{
    public static IReadOnlyList<string> Words { get; } = [.. Enum.GetValues<EvidenceKind>().Select(kind => kind.Word())];

    public static string Word(this EvidenceKind kind) => kind.ToString().ToLowerInvariant();

    public static bool TryParse(string? word, out EvidenceKind kind) =>
        Enum.TryParse(word, ignoreCase: true, out kind) && Enum.IsDefined(kind) && kind.Word() == word;

    /// <summary>Only the control plane itself makes these, of a principal's request: a file cannot bring them.</summary>
    public static bool IsMadeHere(this EvidenceKind kind) => kind is EvidenceKind.Approval or EvidenceKind.Override;

    /// <summary>Proven by a signature, whoever hands it in; all others are believed on the word of who hands them in.</summary>
    public static bool ProvesItself(this EvidenceKind kind) => kind is EvidenceKind.Signature or EvidenceKind.Provenance;
}
