using System.CommandLine;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Initialising;
using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

/// <summary>Asks nothing, wherever it runs: what it is not sure of it says, and the file is there to be changed.</summary>
internal static class InitVerb
{
    private static readonly Argument<string> From = new("PATH") { Description = "the project's directory", DefaultValueFactory = _ => "." };
    private static readonly Option<bool> ToStdout = new("--stdout") { Description = "print the file, write nothing" };
    private static readonly Option<bool> Force = new("--force") { Description = "write over a signalbox.yaml that is there" };

    private static readonly Option<string?> Kind = new Option<string?>("--kind")
    {
        Description = $"look for this alone: {string.Join(", ", ApplicationDetector.Kinds)}",
        HelpName = "KIND",
    }.AcceptOnlyFromAmong([.. ApplicationDetector.Kinds]);

    public static Command Create()
    {
        var verb = new Verb("init", "Look at a project and write the signalbox.yaml that delivers it, with the reason and the source of each line. Starts nothing, asks nothing.",
            "signalbox init", "signalbox init ./shop --stdout", "signalbox init --kind node --force");
        verb.Add(From);
        verb.Add(ToStdout);
        verb.Add(Force);
        verb.Add(Kind);
        return verb.Does(RunAsync);
    }

    private static Task<int> RunAsync(Session session)
    {
        var directory = session.Get(From)!;
        if (!Directory.Exists(directory))
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("init-missing", "there is no such directory; expected a project's", new(directory), "signalbox init ."));
        var file = DeployFile.Find(directory);
        var writes = !session.Get(ToStdout);
        if (writes && !session.Get(Force) && Path.Exists(file))
            throw new SignalboxException(ExitCode.No, Finding.Error("init-exists", "the file is there already and is left as it is; expected none", new(file), $"signalbox init {Words.Quote(directory)} --stdout | diff {Words.Quote(file)} -"));
        var surroundings = DeployFile.Surroundings(beforeBuild: true);
        var application = ApplicationDetector.Detect(directory, surroundings, session.Get(Kind));
        var proposal = InitFile.Of(file, application, surroundings);
        if (writes && proposal.IsUsable) proposal.Write();
        InitText.Show(session, proposal, writes);
        return Task.FromResult(application.Services.Count == 0 ? ExitCode.No : proposal.IsUsable ? ExitCode.Yes : ExitCode.Undecided);
    }
}
