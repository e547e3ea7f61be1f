using System.Text.Json;
using Signalbox.Storage;

namespace Signalbox.Server.Notifying;

/// <summary>How far a sink has been told: the ledger is its outbox, and this is the place in it.</summary>
internal sealed record SinkCursor(long Sequence);

/// <summary>One small file a sink, replaced as a whole, so that a restart goes on where it was.</summary>
internal sealed class SinkCursors(string directory)
{
    /// <returns>Null where there is none, or it cannot be read.</returns>
    public long? Read(string sink)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(FileOf(sink)), NotifyJson.Default.SinkCursor)?.Sequence;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <returns>False where the disk refused: after a restart the same notification goes out again, with the same id.</returns>
    public bool Write(string sink, long sequence)
    {
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            StateDirectory.WriteSecret(FileOf(sink), JsonSerializer.Serialize(new SinkCursor(sequence), NotifyJson.Default.SinkCursor));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // a sink's name is a DNS label
    private string FileOf(string sink) => Path.Combine(directory, sink + ".json");
}
