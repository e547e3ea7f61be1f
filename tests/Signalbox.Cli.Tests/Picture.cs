using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Signalbox.Cli.Tests;

/// <summary>A picture of the documentation: made from what the program really shows with SIGNALBOX_ACCEPT=1, else compared with it.</summary>
internal static partial class Picture
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static void Verify(string name, string title, IReadOnlyList<IReadOnlyList<Cell>> rows)
    {
        var path = Path.Combine(SignalboxProgram.Root(), "docs", "pictures", name + ".svg");
        var drawn = TerminalSvg.Draw(rows, title);
        if (Environment.GetEnvironmentVariable("SIGNALBOX_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, drawn);
        }
        Assert.Equal(Shape(drawn), Shape(File.ReadAllText(path)));
    }

    /// <summary>Its lines, without what differs from one run to the next: numbers, bars, the space they take, and where that folds a line.</summary>
    private static string Shape(string svg)
    {
        var lines = XDocument.Parse(svg).Root!.Elements(Svg + "g").Select(line => line.Attribute("aria-label")!.Value);
        var text = Folds().Replace(string.Join('\n', lines), " ");
        return Spaces().Replace(Numbers().Replace(Bars().Replace(text, "▒"), "0"), " ");
    }

    [GeneratedRegex(@"\n {6}(?=\S)")]
    private static partial Regex Folds();

    [GeneratedRegex("[▁▂▃▄▅▆▇█░·][▁▂▃▄▅▆▇█░· ]*")]
    private static partial Regex Bars();

    [GeneratedRegex(@"\d+([.:]\d+)*")]
    private static partial Regex Numbers();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
