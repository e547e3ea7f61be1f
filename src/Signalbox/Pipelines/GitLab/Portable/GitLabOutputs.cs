using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary>
/// Outputs of steps and jobs, for which GitLab has no word: a step writes them into a file, later steps of the job read it, and what later jobs read
/// becomes their variables (docs.gitlab.com, "artifacts:reports:dotenv").
/// </summary>
internal static class GitLabOutputs
{
    /// <summary>The file that makes a job's outputs variables of later jobs.</summary>
    public const string Report = ".outputs.env";

    /// <summary>The variable by which a script knows the file.</summary>
    public const string Variable = "OUTPUTS";

    /// <summary>Where a step's outputs are kept; it ends with the job.</summary>
    public static string File(string? step) => $"$CI_PROJECT_DIR/.{Names.Axis(step ?? "step")}.outputs";

    /// <summary>A command that gives an output of a step of the job; null where no script writes it.</summary>
    public static string? Read(PortableJob job, PortableReference reference) =>
        reference is { Kind: ReferenceKind.StepOutput, Name: { } name } && Names.Axis(name) == name
        && job.Steps.OfType<RunStep>().Any(s => s.Id == reference.Of && s.Script.References.Any(r => r.Kind == ReferenceKind.OutputFile))
            ? $"$(sed -n 's/^{name}=//p' \"{File(reference.Of)}\" | tail -n 1)" : null;

    /// <summary>The variable that later jobs have.</summary>
    public static string Name(string job, string output) => Names.Variable($"{job}_{output}").ToUpperInvariant();

    /// <summary>The lines of a job's script that hand its outputs over; null where one of them is known to no shell.</summary>
    public static IReadOnlyList<string>? Lines(PortableJob job)
    {
        string? Said(PortableReference r) => Read(job, r) ?? GitLabReferences.Name(r);
        if (job.Outputs.Any(o => o.Value.References.Any(r => Said(r) is null))) return null;
        return [.. job.Outputs.Select(o => $"echo {ShellText.Word(PortableText.Of([new($"{Name(job.Id, o.Name)}=", null), .. o.Value.Parts]), Said)} >> {Report}")];
    }
}
