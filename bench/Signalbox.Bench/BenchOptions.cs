using System.Globalization;

namespace Signalbox.Bench;

/// <summary>What was written after the subcommand: <c>--name value</c> or <c>--flag</c>.</summary>
internal sealed class BenchOptions(IReadOnlyList<string> arguments)
{
    /// <summary>A smoke test: every part runs, no number means anything.</summary>
    public bool Quick => arguments.Contains("--quick");

    public int Number(string name, int otherwise) =>
        Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>The full number, or the one for a smoke test.</summary>
    public int Number(string name, int full, int quick) => Number(name, Quick ? quick : full);

    public string? Text(string name)
    {
        for (var i = 0; i + 1 < arguments.Count; i++)
            if (arguments[i] == name) return arguments[i + 1];
        return null;
    }
}
