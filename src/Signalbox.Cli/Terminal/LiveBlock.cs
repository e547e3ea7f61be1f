using System.Text;

namespace Signalbox.Cli.Terminal;

/// <summary>Lines at the end of a terminal that are drawn anew in place. Long ones are cut at the edge, not wrapped.</summary>
internal sealed class LiveBlock(TextWriter terminal, int height) : IDisposable
{
    private const string HideCursorNoWrap = "\e[?25l\e[?7l";
    private const string ShowCursorWrap = "\e[?7h\e[?25h";
    private int _drawn;

    public void Show(string text)
    {
        var lines = text.TrimEnd('\n').Split('\n').Take(Math.Max(1, height - 1)).ToList();
        var frame = new StringBuilder(HideCursorNoWrap);
        if (_drawn > 0) frame.Append(System.Globalization.CultureInfo.InvariantCulture, $"\e[{_drawn}A\r");
        foreach (var line in lines) frame.Append(line).Append("\e[K\n");
        frame.Append("\e[J");
        _drawn = lines.Count;
        terminal.Write(frame.ToString());
        terminal.Flush();
    }

    public void Dispose() => terminal.Write(_drawn > 0 ? ShowCursorWrap : "");
}
