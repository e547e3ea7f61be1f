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

/// <summary>One file a track in <c>tables/</c>.</summary>
internal sealed class TrackStore
{
    private readonly string _directory;
    private readonly IStateFiles _files;

    public TrackStore(string stateDirectory, IStateFiles files)
    {
        _directory = Path.Combine(stateDirectory, "tables");
        _files = files;
        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <exception cref="IOException">It is not on the disk; what was there before still is.</exception>
    public void Save(StoredTrack track) =>
        _files.Replace(PathOf(track.Table.Track), JsonSerializer.SerializeToUtf8Bytes(track, TablesJson.Default.StoredTrack));

    /// <param name="unreadable">Files that are not a stored track, with the reason: the control plane puts their tables again.</param>
    public IReadOnlyList<StoredTrack> Load(ICollection<string> unreadable)
    {
        var tracks = new List<StoredTrack>();
        foreach (var path in Directory.EnumerateFiles(_directory, "*.json").Order(StringComparer.Ordinal))
            if (Read(path, unreadable) is { } track) tracks.Add(track);
        return tracks;
    }

    private static StoredTrack? Read(string path, ICollection<string> unreadable)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), TablesJson.Default.StoredTrack);
        }
        catch (JsonException e)
        {
            unreadable.Add($"{path} is not a table: {e.Message}");
            return null;
        }
    }

    private string PathOf(string track) => Path.Combine(_directory, SupervisionPaths.Segment(track) + ".json");
}
