using System.Globalization;
using System.Security;
using System.Text;

namespace Signalbox.Cli.Tests;

/// <summary>Draws rows of a terminal as a picture: the same cells give the same bytes. Blocks are drawn, for fonts do not agree on them.</summary>
internal static class TerminalSvg
{
    private const double CellWidth = 8.4, CellHeight = 18, Margin = 14;
    private const string Background = "#16181d", Ink = "#d8dee9";

    public static string Draw(IReadOnlyList<IReadOnlyList<Cell>> rows, string title)
    {
        var columns = Math.Max(1, rows.Max(row => Used(row)));
        var (width, height) = (columns * CellWidth + 2 * Margin, rows.Count * CellHeight + 2 * Margin);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:0.#}\" height=\"{height:0.#}\" viewBox=\"0 0 {width:0.#} {height:0.#}\" font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"14\">\n");
        svg.Append($"<title>{SecurityElement.Escape(title)}</title>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{Background}\"/>\n");
        for (var i = 0; i < rows.Count; i++) Row(svg, rows[i], Margin + i * CellHeight);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Row(StringBuilder svg, IReadOnlyList<Cell> row, double top)
    {
        var used = Used(row);
        svg.Append($"<g aria-label=\"{SecurityElement.Escape(string.Concat(row.Take(used).Select(cell => cell.Character)))}\">");
        for (var from = 0; from < used;)
        {
            var to = from + 1;
            while (to < used && Alike(row[from], row[to])) to++;
            if (IsBlock(row[from].Character)) Block(svg, row[from], from, to, top);
            else Text(svg, row, from, to, top);
            from = to;
        }
        svg.Append("</g>\n");
    }

    private static int Used(IReadOnlyList<Cell> row)
    {
        var used = row.Count;
        while (used > 0 && row[used - 1].Character == ' ') used--;
        return used;
    }

    private static bool Alike(Cell a, Cell b) => IsBlock(a.Character) ? a == b : !IsBlock(b.Character) && a with { Character = ' ' } == b with { Character = ' ' };

    private static bool IsBlock(char c) => c is (>= '▁' and <= '█') or '░';

    /// <summary>Lower eighths, U+2581 to U+2588; light shade is a faint whole.</summary>
    private static void Block(StringBuilder svg, Cell cell, int from, int to, double top)
    {
        var eighths = cell.Character == '░' ? 8 : cell.Character - '▁' + 1;
        var height = CellHeight * eighths / 8;
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Margin + from * CellWidth:0.#}\" y=\"{top + CellHeight - height:0.##}\" width=\"{(to - from) * CellWidth:0.#}\" height=\"{height:0.##}\" fill=\"{Colour(cell)}\"{(cell.Character == '░' ? " opacity=\"0.2\"" : "")}/>");
    }

    private static void Text(StringBuilder svg, IReadOnlyList<Cell> row, int from, int to, double top)
    {
        var text = string.Concat(row.Skip(from).Take(to - from).Select(cell => cell.Character));
        if (string.IsNullOrWhiteSpace(text)) return;
        var begin = from + (text.Length - text.TrimStart().Length);
        text = text.Trim();
        var style = $"{(row[from].Bold ? " font-weight=\"bold\"" : "")}{(row[from].Dim ? " opacity=\"0.6\"" : "")}";
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin + begin * CellWidth:0.#}\" y=\"{top + 13.5:0.#}\" textLength=\"{text.Length * CellWidth:0.#}\" xml:space=\"preserve\" fill=\"{Colour(row[from])}\"{style}>{SecurityElement.Escape(text)}</text>");
    }

    private static string Colour(Cell cell) => cell.Colour switch
    {
        31 => "#ef6b73",
        32 => "#7fc97f",
        33 => "#e5b567",
        _ => Ink,
    };
}
