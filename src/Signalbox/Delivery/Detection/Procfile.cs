using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection;

/// <summary>A Procfile: what somebody has already written down as this project's processes.</summary>
internal static partial class Procfile
{
    private const int MostProcesses = 20;

    /// <summary>Its web process takes the place of a guessed command; its others become workers beside it.</summary>
    public static IReadOnlyList<ServiceProposal> Apply(Scene scene, IReadOnlyList<ServiceProposal> services)
    {
        if (services is not [var only] || scene.Tree.Read("Procfile") is not { } file) return services;
        var lines = file.FindAll(Process()).Where(hit => hit[1] is not "release" and not "console").Take(MostProcesses).ToList();
        if (lines.Count == 0) return services;
        var web = lines.Find(hit => hit[1] == "web");
        // one whose signals and port are known already is kept
        var first = web is null || only.Kind == ServiceKind.Web ? only : only with { Kind = ServiceKind.Web, Command = Command(web), Port = new(8080, "no port of its own") };
        var others = lines.Where(hit => hit != web && Slugs.Of(hit[1]) is not null).Select(hit => Worker(only, hit)).DistinctBy(worker => worker.Name).ToList();
        return web is null && others.Count > 0 && only.Kind == ServiceKind.Worker ? others : [first, .. others.Where(worker => worker.Name != first.Name)];
    }

    private static ServiceProposal Worker(ServiceProposal shared, Hit line) => new("Procfile", line.At, Command(line))
    {
        Name = Slugs.Of(line[1])!,
        Kind = ServiceKind.Worker,
        Artifact = shared.Artifact,
        Environment = shared.Environment,
        Ignore = shared.Ignore,
    };

    private static Proposed<IReadOnlyList<string>> Command(Hit line)
    {
        var text = line[2].Trim();
        // several commands in one line are the shell's own business
        return new(text.AsSpan().ContainsAny(";&|") ? ["sh", "-c", text] : Words.Shell(text), $"process \"{line[1]}\"", line.At);
    }

    [GeneratedRegex(@"^([A-Za-z][A-Za-z0-9_-]{0,40}):\s*(\S.*)$")]
    private static partial Regex Process();
}
