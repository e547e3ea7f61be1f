using System.CommandLine;
using System.CommandLine.Parsing;
using Signalbox.Cli.Auditing;
using Signalbox.Cli.Verifying;

namespace Signalbox.Cli.Verbs;

/// <summary>What <c>signalbox audit</c> takes.</summary>
internal static class AuditOptions
{
    public static readonly Argument<string[]> Where = new("path")
    {
        Description = "the repository to audit, or files and folders within it; several repositories give one table",
        DefaultValueFactory = _ => ["."],
        HelpName = "PATH",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static readonly Option<string?> Persona = new Option<string?>("--persona")
    {
        Description = "how much to say: what everyone should mend, every improvement, or every place an auditor would look at (default: regular; auditor with --rule)",
        HelpName = "regular|pedantic|auditor",
    }.AcceptOnlyFromAmong("regular", "pedantic", "auditor");

    public static readonly Option<string[]> Only = new("--rule")
    {
        Description = "only this rule; may be given again",
        HelpName = "RULE",
        DefaultValueFactory = _ => [],
    };

    public static readonly Option<string> Level = new Option<string>("--level")
    {
        Description = "the least severity that makes the exit code 1",
        HelpName = "info|low|medium|high|critical",
        DefaultValueFactory = _ => "low",
    }.AcceptOnlyFromAmong("info", "low", "medium", "high", "critical");

    public static readonly Option<string?> Mend = new Option<string?>("--fix")
    {
        Description = "mend what can be mended without changing behaviour; =unsafe or =all also what may change it",
        HelpName = "safe|unsafe|all",
        Arity = ArgumentArity.ZeroOrOne,
    }.AcceptOnlyFromAmong("safe", "unsafe", "all");

    public static readonly Option<bool> Diff = new("--diff")
    {
        Description = "print what --fix would change, as a patch, and change nothing",
    };

    public static readonly Option<string?> Known = new("--baseline")
    {
        Description = "leave out the findings that this file knows",
        HelpName = "FILE",
    };

    public static readonly Option<string?> WriteKnown = new("--write-baseline")
    {
        Description = "write the findings of now into this file and exit 0",
        HelpName = "FILE",
    };

    public static readonly Option<string?> Since = new("--since")
    {
        Description = "only findings in files that differ from this Git revision; all files are read all the same",
        HelpName = "REV",
    };

    public static readonly Option<bool> Online = new("--online")
    {
        Description = "ask the repositories of used actions on github.com for their refs, through git, and the registries of images for their digests",
    };

    public static readonly Option<string[]> Registries = new("--registry")
    {
        Description = "with --online: a registry that may be asked though it is not at a public address; may be given again",
        HelpName = "HOST",
        DefaultValueFactory = _ => [],
    };

    public static readonly Option<bool> WriteLock = new("--write-lock")
    {
        Description = "with --online: keep what they said in .github/actions.lock and images.lock, for runs without --online",
    };

    public static readonly Option<bool> Rendered = new("--render")
    {
        Description = "let helm, and kustomize or kubectl, on the PATH render charts and kustomizations; without it the audit does so itself, as far as it can",
    };

    public static readonly Option<string?> Organisation = new("--org")
    {
        Description = "audit every checkout below this folder and print one table",
        HelpName = "DIR",
    };

    public static readonly Option<bool> Grades = new("--grades")
    {
        Description = "tell each point of the five checks and of the checklist: proven, missing, or unknown from files",
    };

    public static readonly Option<bool> NoExitCodes = new("--no-exit-codes")
    {
        Description = "exit 0 also with findings",
    };

    public static readonly Option[] All = [Persona, Only, Level, Mend, Diff, Known, WriteKnown, Since, Online, Registries, RegistryOptions.Auth, WriteLock, Rendered, Organisation, Grades, NoExitCodes];

    /// <summary>Says which options cannot stand together.</summary>
    public static void Validate(CommandResult result)
    {
        if (result.GetValue(WriteLock) && !result.GetValue(Online)) result.AddError("--write-lock needs --online: expected both");
        if (result.GetValue(WriteLock) && result.GetValue(Diff)) result.AddError("--write-lock writes a file, and --diff changes nothing: expected one of them");
        foreach (var option in (Option[])[Registries, RegistryOptions.Auth])
            if (result.GetResult(option) is { Implicit: false } && !result.GetValue(Online)) result.AddError($"{option.Name} needs --online: expected both");
        if (result.GetValue(Since) is { } revision && (revision.Length == 0 || revision[0] == '-')) result.AddError($"--since '{revision}' is no revision");
        // a baseline knows findings, and a fix changes what they are known by
        if (result.GetResult(Known) is { Implicit: false } && result.GetResult(Mend) is { Implicit: false }) result.AddError("--baseline says what is shown, and --fix mends what is found: expected one of them");
        if (result.GetValue(Diff) && result.GetResult(WriteKnown) is { Implicit: false }) result.AddError("--write-baseline writes a file, and --diff changes nothing: expected one of them");
        if (!IsMany(result)) return;
        foreach (var option in (Option[])[Mend, Diff, Known, WriteKnown, Since, Online, Rendered])
            if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} works on one repository; expected one PATH");
    }

    /// <summary>Whether several repositories are asked about.</summary>
    public static bool IsMany(SymbolResult result) => result.GetValue(Organisation) is not null || AuditScope.IsMany(result.GetValue(Where)!);
}
