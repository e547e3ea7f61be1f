using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Host.Supervision;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>What a host keeps of a track: the table in force and the latch.</summary>
/// <param name="LastLatch">Id of the newest latch there ever was; the next one is greater.</param>
internal sealed record StoredTrack(DeclaredTable Table, Latch? Latch, long LastLatch);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StoredTrack))]
internal sealed partial class TablesJson : JsonSerializerContext;

/// <summary>One file a track in <c>tables/</c>. One caller a track at a time.</summary>
/// <param name="stateDirectory">The directory of this host's state.</param>
/// <param name="open">How a path becomes a file.</param>
internal sealed class TrackStore(string stateDirectory, Func<string, ISlotFile> open) : IDisposable
{
    private const string Extension = ".table";

    private readonly string _directory = Directory.CreateDirectory(
        Path.Combine(stateDirectory, "tables"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    private readonly ConcurrentDictionary<string, ISlotFile> _files = new(StringComparer.Ordinal);

    /// <summary>What a next host reads, if this one is killed now.</summary>
    /// <exception cref="IOException">It is not written; what was flushed last still is.</exception>
    public void Write(StoredTrack track) =>
        FileOf(track.Table.Track).Write(JsonSerializer.SerializeToUtf8Bytes(track, TablesJson.Default.StoredTrack));

    /// <summary>What was written survives a power cut from here on.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public void Flush(string track) => FileOf(track).Flush();

    public void Remove(string track)
    {
        if (_files.TryRemove(track, out var file)) file.Delete();
    }

    /// <param name="unreadable">Files that hold no track, with the reason: the control plane puts their tables again.</param>
    public IReadOnlyList<StoredTrack> Load(ICollection<string> unreadable)
    {
        var tracks = new List<StoredTrack>();
        foreach (var path in Directory.EnumerateFiles(_directory, "*" + Extension).Order(StringComparer.Ordinal))
            if (Read(path, unreadable) is { } track) tracks.Add(track);
        return tracks;
    }

    private StoredTrack? Read(string path, ICollection<string> unreadable)
    {
        var file = open(path);
        try
        {
            if (file.Read() is not { } content) unreadable.Add($"{path} holds no whole table");
            else if (JsonSerializer.Deserialize(content, TablesJson.Default.StoredTrack) is { } track)
            {
                _files[track.Table.Track] = file;
                return track;
            }
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            unreadable.Add($"{path} cannot be read as a table: {e.Message}");
        }
        file.Dispose();
        return null;
    }

    private ISlotFile FileOf(string track) =>
        _files.GetOrAdd(track, key => open(Path.Combine(_directory, SupervisionPaths.Segment(key) + Extension)));

    public void Dispose()
    {
        foreach (var (_, file) in _files) file.Dispose();
    }
}
