using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Signalbox.Host.Posix;
using Signalbox.Host.Shim;

namespace Signalbox.Host.Supervision;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InstanceSpec))]
[JsonSerializable(typeof(WorkloadUserTable))]
internal sealed partial class SupervisionJson : JsonSerializerContext;

/// <summary>The host's own files of one instance, beside the shim's, and its places in the workloads' directories.</summary>
internal sealed class InstanceFiles(SupervisionPaths paths, string id)
{
    private const string SpecName = "instance.json", ReadyMark = "ready", StopMark = "stop";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Directory => paths.InstanceDirectory(id);

    /// <summary>An earlier host was asked to stop this instance.</summary>
    public bool StopAsked => File.Exists(Path.Combine(Directory, StopMark));

    public ShimSpec? ReadShimSpec() => ShimFiles.Read(Directory, ShimFiles.Spec, ShimJson.Default.ShimSpec);

    public InstanceSpec? ReadSpec() => ShimFiles.Read(Directory, SpecName, SupervisionJson.Default.InstanceSpec);

    /// <param name="userId">Who shall own the work directory; null: the host's user, who needs none.</param>
    public void Create(InstanceSpec spec, int? userId)
    {
        System.IO.Directory.CreateDirectory(Directory, Private);
        ShimFiles.Write(Directory, SpecName, spec, SupervisionJson.Default.InstanceSpec);
        if (userId is not { } user) return;
        var work = paths.WorkDirectory(id);
        System.IO.Directory.CreateDirectory(work, Private);
        if (Libc.ChangeOwner(work, (uint)user, (uint)user) != 0)
            throw new IOException($"{work} cannot be given to user {user}: {Libc.Message(Libc.LastError)}");
    }

    public void MarkStop() => Mark(StopMark, "");

    /// <summary>This run has been ready, which the next host must know: it is not a start any more.</summary>
    public void MarkReady(int run) => Mark(ReadyMark, FormattableString.Invariant($"{run}"));

    public bool WasReady(int run)
    {
        var path = Path.Combine(Directory, ReadyMark);
        return File.Exists(path) && File.ReadAllText(path) == FormattableString.Invariant($"{run}");
    }

    /// <summary>All but the log. What the workload made undeletable stays behind with a warning: it must not keep the stop from ending.</summary>
    /// <param name="userId">Who owns the work directory; null where there is none.</param>
    public void Delete(int? userId, ILogger logger)
    {
        TreeRemoval.Delete(Directory, owner: null);
        if (userId is not null) DeleteWork(paths.WorkDirectory(id), userId, logger);
    }

    public static void DeleteWork(string directory, int? owner, ILogger logger)
    {
        try
        {
            TreeRemoval.Delete(directory, owner);
        }
        catch (IOException e)
        {
            logger.LogWarning("{Problem}; the next start of the host tries again", e.Message);
        }
    }

    private void Mark(string name, string content)
    {
        try
        {
            if (System.IO.Directory.Exists(Directory)) File.WriteAllText(Path.Combine(Directory, name), content);
        }
        catch (IOException)
        {
            // only the next host would read it; a full disk must not keep an instance from stopping or serving
        }
    }
}
