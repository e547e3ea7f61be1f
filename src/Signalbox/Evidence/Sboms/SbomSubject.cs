using Signalbox.Evidence.Verification;

namespace Signalbox.Evidence.Sboms;

/// <summary>What an SBOM is about.</summary>
/// <param name="Version">Null where it has none.</param>
/// <param name="Digest">Of what is released; null where the SBOM is of a source tree alone.</param>
internal sealed record SbomSubject(string Name, string? Version, ArtifactDigest? Digest);

/// <summary>What must come from outside, so that the same inputs make the same document.</summary>
/// <param name="Serial">Unique for each document; version 4 UUIDs by CycloneDX's recommendation.</param>
/// <param name="At">When it was made.</param>
/// <param name="ToolVersion">Of Signalbox.</param>
internal sealed record SbomMaking(Guid Serial, DateTimeOffset At, string ToolVersion);
