using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Signalbox.Pipelines.Local;

/// <summary>
/// Looks for all words of a graph at once, one step for each byte of the text. What may have begun is one state; states are made when
/// a text first comes to them, so that it takes as long with a thousand words as with one.
/// </summary>
internal sealed class SecretAutomaton
{
    /// <summary>A text may be made such that each of its bytes leads to a new one: then they are made anew from here.</summary>
    private const int MostStates = 16 * 1024;

    private readonly SecretGraph _graph;

    /// <summary>By byte: those that are in no word are all 0, for after them nothing has begun.</summary>
    private readonly byte[] _classes = new byte[256];
    private readonly int _count;

    private readonly ConcurrentDictionary<string, State> _states = new(StringComparer.Ordinal);
    private volatile State _start;

    public SecretAutomaton(SecretGraph graph)
    {
        _graph = graph;
        // UTF-8 never has all of them
        foreach (var (place, b) in graph.Bytes.Index()) _classes[b] = (byte)(place + 1);
        _count = graph.Bytes.Count + 1;
        _start = New([], 0);
    }

    /// <summary>Where nothing has begun.</summary>
    public State Start => _start;

    public State After(State state, byte next) => state.Next[_classes[next]] ?? Make(state, next);

    /// <summary>It may be made twice at the same time, which is the same.</summary>
    private State Make(State from, byte next)
    {
        var reached = new SortedDictionary<int, int>();
        var ended = 0;
        foreach (var begun in from.Begun) Reach(begun.Node, begun.Length);
        Reach(SecretGraph.Start, 0);
        if (_states.Count > MostStates)
        {
            _states.Clear();
            _start = New([], 0);
        }
        Progress[] at = [.. reached.Where(one => _graph.GoesOn(one.Key)).Select(one => new Progress(one.Key, one.Value))];
        Progress[] key = [.. at, new(SecretGraph.Start, ended)];
        var state = key is [{ Length: 0 }] ? _start : _states.GetOrAdd(new(MemoryMarshal.Cast<Progress, char>(key.AsSpan())), _ => New(at, ended));
        return from.Next[_classes[next]] = state;

        void Reach(int node, int length)
        {
            foreach (var to in _graph.After(node, next))
            {
                // of two that have come as far, the longer hides the shorter
                reached[to] = Math.Max(reached.GetValueOrDefault(to), length + 1);
                if (_graph.IsEnd(to)) ended = Math.Max(ended, length + 1);
            }
        }
    }

    private State New(Progress[] begun, int ended) => new(begun, ended, _count);

    /// <param name="Length">Bytes from the beginning of its word.</param>
    internal readonly record struct Progress(int Node, int Length);

    /// <param name="begun">What may become a word, by node.</param>
    /// <param name="ended">The length of the longest word that ends here; 0 for none.</param>
    internal sealed class State(SecretAutomaton.Progress[] begun, int ended, int classes)
    {
        public Progress[] Begun => begun;

        public int Ended => ended;

        /// <summary>How many bytes may belong to a word that has not ended.</summary>
        public int Longest { get; } = begun.Length == 0 ? 0 : begun.Max(one => one.Length);

        /// <summary>By class of the next byte; null where nobody has come that way.</summary>
        public State?[] Next { get; } = new State?[classes];
    }
}
