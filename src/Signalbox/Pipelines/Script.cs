using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Pipelines;

/// <summary>Text that a step runs, and where each character of it stands in the file.</summary>
/// <param name="locate">From a piece of <paramref name="text"/> to the piece of the file it was written as.</param>
public sealed class Script(string text, Func<TextRange, TextRange> locate)
{
    private ShellScript? _shell;

    public string Text { get; } = text;

    /// <summary>The script as shell commands, read when first asked for.</summary>
    public ShellScript Shell => _shell ??= ShellScript.Parse(Text);

    /// <summary>The place in the file of a piece of the script.</summary>
    public TextRange InFile(TextRange piece) => locate(piece);

    public static Script Of(YamlText file, YamlScalar scalar) =>
        Relocation.IsRelocated(scalar) ? new(scalar.Value, _ => scalar.Range) : new(scalar.Value, piece => YamlPosition.InText(file, scalar, piece));
}
