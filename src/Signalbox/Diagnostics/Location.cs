namespace Signalbox.Diagnostics;

/// <summary>A place a finding points at: in a file, or (with no line) a subject such as a rollout.</summary>
/// <param name="Path">A file's path as the user gave it, or a subject ("rollout shop/production, step 2 of 4").</param>
/// <param name="Line">1-based line; 0 where the location is a whole file or a subject.</param>
/// <param name="Column">1-based column in UTF-16 units; 0 with line 0.</param>
/// <param name="Length">How many columns to underline, at least 1 where there is a line.</param>
/// <param name="SourceLine">The line's text, for the snippet; null where unknown.</param>
/// <param name="Annotation">What was seen here, printed beside the underline.</param>
public sealed record Location(
    string Path, int Line = 0, int Column = 0, int Length = 1, string? SourceLine = null, string? Annotation = null);
