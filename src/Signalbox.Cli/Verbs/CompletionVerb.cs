using System.CommandLine;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

internal static class CompletionVerb
{
    private static readonly Argument<string> Shell = new("SHELL") { Description = "bash, zsh or fish" };

    public static Command Create()
    {
        var verb = new Verb("completion", "Print a completion script for a shell.",
            "source <(signalbox completion bash)", "signalbox completion zsh > ~/.zfunc/_signalbox", "signalbox completion fish > ~/.config/fish/completions/signalbox.fish");
        verb.Add(Shell.AcceptOnlyFromAmong("bash", "zsh", "fish"));
        return verb.Does(session => Task.FromResult(Run(session)));
    }

    private static int Run(Session session)
    {
        var verbs = VerbTable.Named(null).Where(verb => !verb.Hidden).ToList();
        var shell = session.Get(Shell)!;
        var script = shell switch
        {
            "bash" => CompletionScripts.Bash(verbs),
            "zsh" => CompletionScripts.Zsh(verbs),
            _ => CompletionScripts.Fish(verbs),
        };
        if (session.Json) session.WriteJson(new CompletionView(shell, script), CliJson.Default.CompletionView);
        else session.Out.Write(script);
        return ExitCode.Yes;
    }
}
