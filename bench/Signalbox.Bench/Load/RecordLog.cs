namespace Signalbox.Bench.Load;

/// <summary>The records of one connection; read once its loop has ended.</summary>
internal sealed class RecordLog
{
    private RequestRecord[] _items = new RequestRecord[1024];

    public int Count { get; private set; }

    public ReadOnlySpan<RequestRecord> Items => _items.AsSpan(0, Count);

    public void Add(RequestRecord record)
    {
        if (Count == _items.Length) Array.Resize(ref _items, Count * 2);
        _items[Count++] = record;
    }
}
