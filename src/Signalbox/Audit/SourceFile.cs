using Signalbox.Diagnostics;
using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>One file of the repository as it was read.</summary>
/// <param name="path">Relative to the folder that is audited, with forward slashes.</param>
/// <param name="text">Without the byte order mark.</param>
public sealed class SourceFile(string path, YamlText text, bool byteOrderMark = false)
{
    // real manifests of custom resources reach several hundred kilobytes; more nodes than this only a bomb has
    internal static readonly YamlLimits Limits = new(MaxBytes: 8 * 1024 * 1024, MaxDepth: 96, MaxNodes: 400_000);

    private YamlStream? _yaml;
    private KeptLine _line = new(0, "");

    public string Path { get; } = path;

    public YamlText Text { get; } = text;

    public bool ByteOrderMark { get; } = byteOrderMark;

    /// <summary>The last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The file as YAML, read when first asked for.</summary>
    public YamlStream Yaml => _yaml ??= YamlReader.ReadAll(Text, Limits);

    /// <summary>Places that stand for what another file says: findings may point there, edits may not touch them.</summary>
    internal IReadOnlyList<TextRange> StandsIn { get; set; } = [];

    /// <summary>Where the file is a chart's template: what is known of what it writes.</summary>
    internal Helm.Rendering? Rendering { get; set; }

    /// <summary>Whether an action of a template, not the template itself, says what stands at a place.</summary>
    internal bool IsGiven(TextRange range) => Rendering is not null && Text.Slice(range).TrimStart('"', '\'', ' ').StartsWith("{{", StringComparison.Ordinal);

    internal bool IsElsewhere(TextRange range) => StandsIn.Any(s => s.Start <= range.Start && range.End <= s.End);

    /// <summary>A place of this file for a finding: the first line of the piece, up to its end.</summary>
    public Location At(TextRange range, string? annotation = null)
    {
        var start = Text.At(Math.Clamp(range.Start, 0, Text.Content.Length));
        // many findings may stand in one long line, which is kept once
        var kept = _line;
        if (kept.Number != start.Line) _line = kept = new(start.Line, Text.Line(start.Line) ?? "");
        var line = kept.Text;
        var length = Math.Min(range.Length, line.Length - start.Column + 1);
        return new(Path, start.Line, start.Column, Math.Max(1, length), line, annotation);
    }

    private sealed record KeptLine(int Number, string Text);
}
