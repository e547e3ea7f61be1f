using System.Text;

namespace Signalbox.Cli.Tests;

/// <param name="Colour">The SGR number that was in force (31 red, 32 green, 33 yellow); 0 for none.</param>
internal readonly record struct Cell(char Character, int Colour, bool Bold, bool Dim)
{
    public static Cell Empty { get; } = new(' ', 0, false, false);
}

/// <summary>
/// As much of a terminal as the program uses: a grid that scrolls, moving up, erasing, colours, the cursor and
/// wrapping. What it does not know fails the test, so that the program cannot begin to use it unnoticed.
/// </summary>
internal sealed class TerminalModel(int columns, int rows)
{
    private readonly StringBuilder _escape = new();
    private List<Cell[]> _rows = [.. Enumerable.Range(0, rows).Select(_ => Blank(columns))];
    private Cell _pen = Cell.Empty;
    private int _row, _column, _columns = columns;

    public bool CursorShown { get; private set; } = true;

    public bool Wraps { get; private set; } = true;

    /// <summary>How often the cursor was moved up to draw anew in place.</summary>
    public int Redraws { get; private set; }

    public bool AnyColour { get; private set; }

    /// <summary>All lines, also those that have scrolled away.</summary>
    public IReadOnlyList<IReadOnlyList<Cell>> Cells => _rows;

    public IReadOnlyList<string> Lines => [.. _rows.Select(row => string.Concat(row.Select(cell => cell.Character)).TrimEnd())];

    public string Text => string.Join('\n', Lines).Trim('\n');

    /// <summary>The text as it is read, wherever lines were folded.</summary>
    public string Words => string.Join(' ', Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public void Resize(int columns)
    {
        _columns = columns;
        _rows = [.. _rows.Select(row => row.Length >= columns ? row[..columns] : [.. row, .. Blank(columns - row.Length)])];
        _column = Math.Min(_column, columns - 1);
    }

    public void Feed(ReadOnlySpan<char> output)
    {
        foreach (var c in output) Feed(c);
    }

    private void Feed(char c)
    {
        if (_escape.Length > 0 || c == '\e') Escape(c);
        else if (c == '\r') _column = 0;
        else if (c == '\n') NextRow();
        else if (c == '\b') _column = Math.Max(0, _column - 1);
        else if (c >= ' ') Print(c);
        else Assert.Fail($"the terminal got U+{(int)c:x4}");
    }

    private void Print(char c)
    {
        if (_column == _columns && Wraps) (_column, _) = (0, NextRow());
        _rows[_row][Math.Min(_column, _columns - 1)] = _pen with { Character = c };
        if (_column < _columns) _column++;
    }

    private int NextRow()
    {
        if (++_row == _rows.Count) _rows.Add(Blank(_columns));
        return _row;
    }

    private void Escape(char c)
    {
        _escape.Append(c);
        // keypad modes have one sign: the runtime sets one, and puts it back
        if (_escape.Length == 2 && c != '[') _escape.Clear();
        if (_escape.Length < 3 || !(char.IsAsciiLetter(c) || c == '~')) return;
        var (sequence, number) = (_escape.ToString()[2..], int.TryParse(_escape.ToString()[2..^1], out var n) ? n : 0);
        _escape.Clear();
        if (c == 'm') Colour(sequence);
        else if (c is 'h' or 'l') Mode(sequence);
        else if (c == 'A') (_row, Redraws) = (Math.Max(Top, _row - Math.Max(1, number)), Redraws + 1);
        else if (c == 'H') (_row, _column) = (Top, 0);
        else if (c == 'K') Erase(_row, _column);
        else if (c == 'J') EraseBelow(number);
        else Assert.Fail($"the terminal got CSI {sequence}");
    }

    /// <summary>The first row of the screen; what is above has scrolled away.</summary>
    private int Top => Math.Max(0, _rows.Count - rows);

    private void EraseBelow(int whole)
    {
        if (whole == 0) Erase(_row, _column);
        for (var row = whole == 0 ? _row + 1 : Top; row < _rows.Count; row++) Erase(row, 0);
    }

    private void Erase(int row, int from) => Array.Fill(_rows[row], Cell.Empty, Math.Min(from, _columns), _columns - Math.Min(from, _columns));

    private void Colour(string sequence)
    {
        foreach (var code in sequence[..^1].Split(';').Select(part => int.TryParse(part, out var value) ? value : 0))
            _pen = code switch
            {
                0 => Cell.Empty,
                1 => _pen with { Bold = true },
                2 => _pen with { Dim = true },
                _ => _pen with { Colour = code },
            };
        AnyColour |= _pen != Cell.Empty;
    }

    private void Mode(string sequence)
    {
        if (sequence[..^1] == "?25") CursorShown = sequence[^1] == 'h';
        else if (sequence[..^1] == "?7") Wraps = sequence[^1] == 'h';
        // application keys and the like are the runtime's, which puts them back
    }

    private static Cell[] Blank(int columns) => [.. Enumerable.Repeat(Cell.Empty, columns)];
}
