using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Signalbox.Host.Shim;

/// <summary>What the host asks of a shim: <c>spec.json</c>.</summary>
/// <param name="Run">Counts the starts of the instance; every file of a run carries it.</param>
/// <param name="Environment">All that the workload sees.</param>
/// <param name="UserId">The workload's own user, or null for the shim's.</param>
/// <param name="Descriptors">The soft limit of descriptors; null: the shim's.</param>
internal sealed record ShimSpec(
    int Run, IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment, string WorkingDirectory,
    TimeSpan StopGrace, string LogFile, long LogFileBytes, int LogFiles, int? UserId, long? Descriptors = null);

/// <summary>Written once the workload runs: <c>running.json</c>. Start times are clock ticks after boot.</summary>
/// <param name="Boot">The boot that pids and start times belong to: the next one may give the same to others. "" where it is not known.</param>
internal sealed record ShimRunning(
    int Run, int ShimPid, long ShimStart, int WorkloadPid, long WorkloadStart, DateTimeOffset StartedAt, string Boot = "");

/// <summary>How a run ended: <c>exit.json</c>. Exactly one of code, signal and error is set.</summary>
/// <param name="Stopped">The shim had been asked to stop.</param>
/// <param name="Error">Why the workload could not be started.</param>
internal sealed record ShimExit(
    int Run, int? ExitCode, int? Signal, string? Error, bool Stopped, DateTimeOffset StartedAt, DateTimeOffset EndedAt);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ShimSpec))]
[JsonSerializable(typeof(ShimRunning))]
[JsonSerializable(typeof(ShimExit))]
internal sealed partial class ShimJson : JsonSerializerContext;

/// <summary>The files through which a host and a shim talk, in the instance's directory.</summary>
internal static class ShimFiles
{
    public const string Spec = "spec.json", Running = "running.json", Exit = "exit.json", Lock = "lock";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whoever reads sees the old file or the new one, never a part. Not flushed to disk: no shim outlives a loss of power.</summary>
    public static void Write<T>(string directory, string name, T value, JsonTypeInfo<T> type)
    {
        var path = Path.Combine(directory, name);
        var beside = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var file = new FileStream(beside, options))
            JsonSerializer.Serialize(file, value, type);
        File.Move(beside, path, overwrite: true);
    }

    /// <returns>Null where the file is missing or is not whole.</returns>
    public static T? Read<T>(string directory, string name, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(directory, name)), type);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Held by a shim for its whole life: two never run one instance.</summary>
    /// <returns>Null where another process holds it.</returns>
    public static FileStream? TryLock(string directory)
    {
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OwnerOnly,
            };
            return new FileStream(Path.Combine(directory, Lock), options);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
