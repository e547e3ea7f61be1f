using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>A change that mends a finding.</summary>
/// <param name="Title">What it does, in a few words: "drop persisted credentials".</param>
public sealed record Fix(FixSafety Safety, string Title, IReadOnlyList<FileEdit> Edits);

/// <param name="Path">The file, as findings name it.</param>
public sealed record FileEdit(string Path, TextEdit Edit);
