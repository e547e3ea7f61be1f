using System.Text;

namespace Signalbox.Cli.Deploying;

/// <summary>The end of an output of any length. Read by one thread while another may still write.</summary>
internal sealed class LastLines
{
    private const int Most = 20, Longest = 400;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();
    private readonly StringBuilder _open = new();
    private bool _returned;

    public void Add(string text)
    {
        lock (_lock)
            foreach (var c in text) Add(c);
    }

    private void Add(char c)
    {
        // a progress bar returns and draws its line anew; before the end of a line it says nothing
        if (_returned && c is not ('\n' or '\r')) _open.Clear();
        _returned = c == '\r';
        if (c == '\n') Close();
        else if (c != '\r' && _open.Length < Longest) _open.Append(c);
    }

    public IReadOnlyList<string> ToList()
    {
        lock (_lock) return _open.Length > 0 ? [.. _lines, _open.ToString()] : [.. _lines];
    }

    private void Close()
    {
        var line = _open.ToString();
        _open.Clear();
        if (string.IsNullOrWhiteSpace(line)) return;
        if (_lines.Count == Most) _lines.Dequeue();
        _lines.Enqueue(line);
    }
}
