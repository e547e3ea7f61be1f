using System.CommandLine;
using System.CommandLine.Invocation;
using System.Net.Sockets;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Cli.Verbs;
using Signalbox.Diagnostics;
using Signalbox.Storage;

namespace Signalbox.Cli;

/// <summary>Parses, runs the verb, and turns every end into findings and an exit code.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        var parsed = Tree(args).Parse(args);
        if (parsed.Action is ParseErrorAction or null) return UsageErrors.Write(parsed, args, output, error);
        if (!JobLog.IsRead || !Verb.IsSaidByOthers(parsed)) return await InvokeAsync(parsed, output, error, cancel).ConfigureAwait(false);
        var (log, errors) = (new JobLog(output, Verb.FormatOf(parsed) == OutputFormat.Json) { NewLine = output.NewLine }, new JobLog(error, json: false) { NewLine = error.NewLine });
        await using (log.ConfigureAwait(false))
        await using (errors.ConfigureAwait(false))
            return await InvokeAsync(parsed, log, errors, cancel).ConfigureAwait(false);
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e)
        {
            var refusal = Refusal(e);
            FindingWriter.Write(refusal.Findings, Verb.FormatOf(parsed), output, error);
            return refusal.ExitCode;
        }
    }

    /// <summary>Only the verb that was named is built; the whole tree costs its time for help and unknown verbs alone.</summary>
    private static RootCommand Tree(string[] args)
    {
        var root = new RootCommand("A deployment engineer as software: takes releases out step by step, judges them on live traffic, takes them back by itself.");
        foreach (var verb in VerbTable.Named(args.FirstOrDefault()))
            root.Add(verb);
        HelpPage.Install(root, "signalbox demo", "signalbox up", "signalbox deploy --env production", "signalbox status");
        return root;
    }

    private static SignalboxException Refusal(Exception e) => e switch
    {
        SignalboxException refusal => refusal,
        StorageException storage => new(
            storage.Id == "control-plane-running" ? ExitCode.No : ExitCode.Undecided, Finding.Error(storage.Id, storage.Message, new("state directory"), storage.Help)),
        RemoteUnreachableException away => away.Refusal,
        HttpRequestException or SocketException => ControlPlaneErrors.Unreachable(e),
        IOException or UnauthorizedAccessException => new(ExitCode.Undecided, Finding.Error("io", LowerFirst(e.Message), new("command line"))),
        InvalidDataException => new(ExitCode.Undecided, Finding.Error("data-unreadable", LowerFirst(e.Message), new("state directory"), "signalbox ledger verify")),
        _ => new(ExitCode.Undecided, Finding.Error(
            "internal-error", $"this is a fault of Signalbox, not of what was asked: {e.GetType().Name}: {e.Message.TrimEnd('.').ReplaceLineEndings(" ")}", new("command line"), "signalbox --version   # say it, and this, when you report it")),
    };

    private static string LowerFirst(string text) => text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..].TrimEnd('.');
}
