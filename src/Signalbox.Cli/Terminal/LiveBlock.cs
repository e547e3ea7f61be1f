using System.Globalization;
using System.Text;

namespace Signalbox.Cli.Terminal;

/// <summary>Lines at the end of a terminal that are drawn anew in place, folded to its width.</summary>
/// <param name="size">Columns and rows as they are now: a window may be resized at any time.</param>
internal sealed class LiveBlock(TextWriter terminal, Func<(int Columns, int Rows)> size) : IDisposable
{
    private const string HideCursorNoWrap = "\e[?25l\e[?7l";
    private const string ShowCursorWrap = "\e[?7h\e[?25h";
    private const string ClearScreen = "\e[H\e[2J";
    private int _drawn;
    private (int Columns, int Rows) _size;

    public void Show(string text)
    {
        var now = size();
        var lines = text.TrimEnd('\n').Split('\n').SelectMany(line => TextFold.Lines(line, now.Columns)).Take(Math.Max(1, now.Rows - 1)).ToList();
        var frame = new StringBuilder(HideCursorNoWrap).Append(Beginning(now));
        foreach (var line in lines) frame.Append(line).Append("\e[K\n");
        frame.Append("\e[J");
        (_drawn, _size) = (lines.Count, now);
        terminal.Write(frame.ToString());
        terminal.Flush();
    }

    /// <summary>Where lines went when the window was resized is known to the terminal alone.</summary>
    private string Beginning((int Columns, int Rows) now) =>
        _drawn == 0 ? "" : now == _size ? string.Create(CultureInfo.InvariantCulture, $"\e[{_drawn}A\r") : ClearScreen;

    public void Dispose()
    {
        terminal.Write(_drawn > 0 ? ShowCursorWrap : "");
        terminal.Flush();
    }
}
