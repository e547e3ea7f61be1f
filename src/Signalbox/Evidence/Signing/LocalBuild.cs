using Signalbox.Evidence.Verification;

namespace Signalbox.Evidence.Signing;

/// <summary>A build that Signalbox ran on this machine, as its provenance tells of it (docs/spec/local-provenance.md).</summary>
/// <param name="Subjects">What came out of it, by name and digest; at least one.</param>
/// <param name="Source">Null where the project is in no Git repository: such provenance does not say what was built.</param>
/// <param name="Configuration">The file that says what a build is, relative to the project, and its digest.</param>
/// <param name="Jobs">What was asked for, in the order that it was asked.</param>
/// <param name="Parameters">Values from outside by their names. No secrets: who reads the provenance reads them.</param>
/// <param name="Lockfiles">What pins the build's dependencies: paths relative to the project, and digests.</param>
/// <param name="InvocationId">Names this run and no other.</param>
internal sealed record LocalBuild(
    IReadOnlyList<(string Name, ArtifactDigest Digest)> Subjects, LocalSource? Source, (string Path, ArtifactDigest Digest) Configuration,
    IReadOnlyList<string> Jobs, IReadOnlyDictionary<string, string> Parameters, IReadOnlyList<(string Path, ArtifactDigest Digest)> Lockfiles,
    string InvocationId, DateTimeOffset Started, DateTimeOffset Finished, string ToolVersion);

/// <param name="Repository">Its address as Git has it, such as <c>https://github.com/acme/shop</c>; user, password and query are left out.</param>
/// <param name="Ref">The full reference, <c>refs/heads/…</c> or <c>refs/tags/…</c>; null where none is checked out.</param>
/// <param name="Commit">In hex: 40 digits of SHA-1, or 64 of SHA-256.</param>
/// <param name="HasChanges">Whether files differed from the commit: then the commit alone does not say what was built.</param>
internal sealed record LocalSource(string Repository, string? Ref, string Commit, bool HasChanges);
