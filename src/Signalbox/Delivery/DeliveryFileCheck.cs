using System.Net;
using System.Net.Sockets;
using Signalbox.Delivery.Reading;
using Signalbox.Diagnostics;

namespace Signalbox.Delivery;

/// <summary>What a delivery file's checks look at outside of it.</summary>
/// <param name="IsListening">Whether another process already listens on an address of this machine.</param>
/// <param name="SearchPath">The PATH that workloads get.</param>
public sealed record DeliverySurroundings(Func<ListenAddress, bool> IsListening, string? SearchPath)
{
    /// <summary>Whether services get users of their own, who reach only what everyone may reach.</summary>
    public bool SeparateUsers { get; init; }

    /// <summary>Builds have yet to run: what they may make, artifacts and the programs in them, is not missed.</summary>
    public bool BeforeBuild { get; init; }

    /// <summary>It will run on another machine: only what goes there is looked at, artifacts and the programs in them.</summary>
    public bool Elsewhere { get; init; }

    public static DeliverySurroundings OfThisMachine() => new(CannotBind, System.Environment.GetEnvironmentVariable("PATH"));

    // only trying tells: an address of another machine, a port below 1024 and a taken one all refuse
    private static bool CannotBind(ListenAddress listen)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Parse(listen.Address), listen.Port));
            socket.Listen(1);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}

/// <summary>Looks whether what a delivery file names is there: artifacts, programs, free ports. Reads files, starts nothing.</summary>
public static class DeliveryFileCheck
{
    /// <param name="environment">Only this one is looked at; null for all.</param>
    /// <param name="isOurs">
    /// Application, environment, address: what Signalbox itself listens on already for that very environment is no conflict.
    /// </param>
    public static IReadOnlyList<Finding> Run(
        DeliveryFile file, DeliverySurroundings surroundings, string? environment = null, Func<string, string, ListenAddress, bool>? isOurs = null)
    {
        var root = Path.GetDirectoryName(Path.GetFullPath(file.Path))!;
        var findings = file.Sites
            .Where(s => environment is null || s.Environment == environment)
            .SelectMany(s => Check(s, root, surroundings, isOurs ?? ((_, _, _) => false), IsYetToBeMade(s))
                .Select(f => Handover.To(f, (file.Applications ?? []).Where(a => a.Name == s.Application))));
        // a service that two environments share is wrong once
        return FindingOrder.Sort(findings.DistinctBy(f => (f.Id, f.Message, f.Locations[0])));

        bool IsYetToBeMade(ServiceSite site) =>
            surroundings.BeforeBuild && (file.Applications ?? []).Any(a => a.Name == site.Application && a.Build is not null);
    }

    private static IEnumerable<Finding> Check(
        ServiceSite site, string root, DeliverySurroundings surroundings, Func<string, string, ListenAddress, bool> isOurs, bool unmade)
    {
        var artifact = Path.GetFullPath(Path.Combine(root, site.Service.ArtifactPath));
        if (ArtifactFinding(site, root, artifact, unmade) is { } missing) yield return missing;
        // where the command itself could not be read that is said already
        else if (site.Service.Command.Count > 0 && CommandFinding(site, artifact, surroundings, unmade) is { } command) yield return command;
        if (surroundings.Elsewhere) yield break;
        if (site.Service.Listen is { } listen && !isOurs(site.Application, site.Environment, listen) && surroundings.IsListening(listen)) yield return PortFinding($"'{site.Service.Name}' shall take requests", site.Port, listen);
        if (site.Preview is var (preview, at) && !isOurs(site.Application, site.Environment, preview) && surroundings.IsListening(preview)) yield return PortFinding($"'{site.Service.Name}' shall be previewed", at, preview);
    }

    private static Finding? ArtifactFinding(ServiceSite site, string root, string artifact, bool unmade)
    {
        if (!Path.Exists(artifact))
            return unmade ? null : Finding.Error(DeliveryIds.ArtifactMissing, $"artifact '{site.Service.ArtifactPath}' is not there; expected a directory or archive",
                site.Artifact with { Annotation = "expected a directory or archive, relative to this file" }, "artifact: .");
        var (real, home) = (Real(artifact), Real(root));
        if (real == home || real.StartsWith(home + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return null;
        return Finding.Error(DeliveryIds.ArtifactEscapes, $"artifact '{site.Service.ArtifactPath}' is a link that leads out of the directory of this file",
            site.Artifact with { Annotation = "expected a path that does not lead out" }, "artifact: .");
    }

    // every directory on the way may be a link
    private static string Real(string path)
    {
        var real = "/";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            real = (Directory.Exists(real) ? Directory.ResolveLinkTarget(real, true) : File.ResolveLinkTarget(real, true))?.FullName is { } target ? Real(target) : real;
        }
        return real;
    }

    private static Finding? CommandFinding(ServiceSite site, string artifact, DeliverySurroundings surroundings, bool unmade)
    {
        var program = site.Service.Command[0];
        if (surroundings.Elsewhere && (!program.Contains('/') || Path.IsPathRooted(program))) return null;
        // what an archive holds is looked at when it is packed
        if (program.Contains('/') && !Path.IsPathRooted(program) && (unmade || !Directory.Exists(artifact))) return null;
        if (Find(program, artifact, surroundings.SearchPath) is { } found)
        {
            if (!IsExecutable(found)) return NotExecutable(site, program);
            // what lies in the artifact is copied to where the service's user reaches it
            var copied = program.Contains('/') && !Path.IsPathRooted(program);
            return surroundings.SeparateUsers && !copied && ClosedPart(found) is { } closed ? OutOfReach(site, found, closed, surroundings.SearchPath) : null;
        }
        var inArtifact = !program.Contains('/') && File.Exists(Path.Combine(artifact, program));
        return Finding.Error(DeliveryIds.CommandMissing,
            $"program '{program}' of service '{site.Service.Name}' is neither on PATH nor in the artifact; expected a program that can be started",
            site.Command with { Annotation = program.Contains('/') ? "not in the artifact" : "not on PATH" },
            inArtifact ? $"command: [./{string.Join(", ", site.Service.Command)}]" : $"command -v {program}");
    }

    private static Finding NotExecutable(ServiceSite site, string program) => Finding.Error(DeliveryIds.CommandMissing,
        $"program '{program}' of service '{site.Service.Name}' is not executable; expected a program that can be started",
        site.Command with { Annotation = "not executable" }, $"chmod +x {program}");

    private static Finding OutOfReach(ServiceSite site, string program, string closed, string? searchPath) => Finding.Error(DeliveryIds.CommandMissing,
        $"'{program}' cannot be started by the user of its own that service '{site.Service.Name}' gets where Signalbox runs as root: '{closed}' is closed to others; expected a program that everyone may execute",
        site.Command with { Annotation = $"resolved to {program}" }, WithinReach(site, searchPath));

    /// <summary>Another program of that name further down the PATH (the system's, behind a version manager's), else a way around users.</summary>
    private static string WithinReach(ServiceSite site, string? searchPath)
    {
        var name = Path.GetFileName(site.Service.Command[0]);
        var other = Candidates(name, searchPath).FirstOrDefault(file => ClosedPart(file) is null);
        return other is null
            ? "SIGNALBOX_WORKLOADS_SAME_USER=1 signalbox up"
            : $"command: [{string.Join(", ", site.Service.Command.Skip(1).Prepend(other))}]";
    }

    /// <summary>How a program is named so that a service can start it: bare, or by the path of another one where its user cannot reach the first.</summary>
    /// <returns>Null where there is none that could be started.</returns>
    internal static string? Reachable(string program, DeliverySurroundings surroundings)
    {
        var found = Candidates(program, surroundings.SearchPath).ToList();
        if (found.Count == 0) return null;
        if (!surroundings.SeparateUsers || ClosedPart(found[0]) is null) return program;
        return found.Find(file => ClosedPart(file) is null);
    }

    /// <summary>The first part of a path that only its owner or group may enter or execute, links followed.</summary>
    private static string? ClosedPart(string path)
    {
        var part = "";
        foreach (var name in Real(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            part += "/" + name;
            if ((File.GetUnixFileMode(part) & UnixFileMode.OtherExecute) == 0) return part;
        }
        return null;
    }

    private static string? Find(string program, string artifact, string? searchPath)
    {
        if (program.Contains('/')) return Existing(Path.Combine(artifact, program));
        return Candidates(program, searchPath).FirstOrDefault();
    }

    private static IEnumerable<string> Candidates(string program, string? searchPath) => (searchPath ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, program))
        .Where(file => File.Exists(file) && IsExecutable(file));

    private static string? Existing(string file) => File.Exists(file) ? file : null;

    private static bool IsExecutable(string file) =>
        (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;

    private static Finding PortFinding(string what, Location at, ListenAddress listen) => Finding.Error(DeliveryIds.PortInUse,
        $"{listen}, where {what}, cannot be listened on; expected a free port",
        at with { Annotation = "in use by another process, or not allowed" }, $"ss -ltnp 'sport = :{listen.Port}'");
}
