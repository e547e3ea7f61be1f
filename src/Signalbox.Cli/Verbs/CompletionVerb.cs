using System.CommandLine;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Verbs;

internal static class CompletionVerb
{
    private static readonly Argument<string> Shell = new("SHELL") { Description = "bash, zsh or fish" };

    public static Command Create()
    {
        var verb = new Verb("completion", "Print a completion script for a shell.",
            "source <(signalbox completion bash)", "signalbox completion fish > ~/.config/fish/completions/signalbox.fish");
        verb.Add(Shell.AcceptOnlyFromAmong("bash", "zsh", "fish"));
        return verb.Does(session => Task.FromResult(Run(session)));
    }

    private static int Run(Session session)
    {
        var verbs = VerbTable.Named(null).ToList();
        session.Out.Write(session.Get(Shell) switch
        {
            "bash" => CompletionScripts.Bash(verbs),
            "zsh" => CompletionScripts.Zsh(verbs),
            _ => CompletionScripts.Fish(verbs),
        });
        return ExitCode.Yes;
    }
}
