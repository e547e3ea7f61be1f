namespace Signalbox.Pipelines.Local;

/// <summary>Words with what may stand for each of their letters: a way from the start to an end is one spelling of a word.</summary>
internal sealed class SecretGraph
{
    public const int Start = 0;

    private const int None = -1;

    /// <summary>By node: its newest edge.</summary>
    private readonly List<int> _newest = [None];

    private readonly List<(byte By, int To, int Before)> _edges = [];
    private readonly HashSet<int> _ends = [];
    private readonly SortedSet<byte> _bytes = [];

    /// <summary>All that lead anywhere.</summary>
    public IReadOnlyCollection<byte> Bytes => _bytes;

    public bool IsEmpty => _ends.Count == 0;

    public bool IsEnd(int node) => _ends.Contains(node);

    public bool GoesOn(int node) => _newest[node] != None;

    public IEnumerable<int> After(int node, byte next)
    {
        for (var at = _newest[node]; at != None; at = _edges[at].Before)
            if (_edges[at].By == next) yield return _edges[at].To;
    }

    public int Add()
    {
        _newest.Add(None);
        return _newest.Count - 1;
    }

    public void End(int node) => _ends.Add(node);

    /// <summary>These bytes, one after the other, lead from a node to another.</summary>
    public void Lead(int from, ReadOnlySpan<byte> bytes, int to, bool anyCase = false)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var next = i == bytes.Length - 1 ? to : Add();
            Edge(from, bytes[i], next);
            if (anyCase && char.IsAsciiLetter((char)bytes[i])) Edge(from, (byte)(bytes[i] ^ 0x20), next);
            from = next;
        }
    }

    private void Edge(int from, byte by, int to)
    {
        _bytes.Add(by);
        _edges.Add((by, to, _newest[from]));
        _newest[from] = _edges.Count - 1;
    }
}
