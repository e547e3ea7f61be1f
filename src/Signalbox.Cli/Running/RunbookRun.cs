using Signalbox.Cli.Control;
using Signalbox.Diagnostics;
using Signalbox.Runbooks;

namespace Signalbox.Cli.Running;

/// <summary>What became of a step.</summary>
/// <param name="Recorded">Whether the ledger has it.</param>
internal sealed record RunbookStepView(int Step, string Text, string Command, string Outcome, int? ExitCode, bool Recorded);

/// <summary>What <c>runbook run</c> answers in JSON.</summary>
internal sealed record RunbookRunView(string Runbook, string Application, string Environment, bool Done, IReadOnlyList<RunbookStepView> Steps);

/// <summary>Takes a runbook's steps one after the other: shows each, asks, runs it, and tells the ledger. A step that fails ends it.</summary>
internal sealed class RunbookRun(Session session, Runbook runbook, RunbookFacts facts, bool yes)
{
    private readonly List<RunbookStepView> _steps = [];
    private readonly List<RunbookStepEnded> _unrecorded = [];

    /// <param name="only">1-based; null for all of them.</param>
    public async Task<RunbookRunView> RunAsync(int? only, IReadOnlyDictionary<string, string> values)
    {
        var done = true;
        foreach (var (index, step) in runbook.Steps.Index().Where(step => only is null || step.Index == only - 1))
        {
            done = await TakeAsync(index + 1, step.Filled(values)).ConfigureAwait(false);
            if (!done) break;
        }
        if (_unrecorded.Count > 0) session.Error.WriteLine($"warning: {_unrecorded.Count} steps are not in the ledger: no control plane answers");
        return new(runbook.Name, facts.Application, facts.Environment, done, _steps);
    }

    private async Task<bool> TakeAsync(int number, RunbookStep step)
    {
        session.Say($"\n{session.Paint.Bold($"{number}. {step.Text}")}");
        if (step.Command.Count > 0) session.Say($"   {step.Line}");
        var answer = Ask(step);
        int? code = answer == "y" && step.Command.Count > 0 ? await ExecuteAsync(step).ConfigureAwait(false) : null;
        var outcome = answer != "y" ? "skipped" : code is null or ExitCode.Yes ? "done" : "failed";
        await RecordAsync(new(runbook.Name, facts.Application, facts.Environment, number, step.Text, outcome, code), step).ConfigureAwait(false);
        return answer != "q" && outcome != "failed";
    }

    private string Ask(RunbookStep step)
    {
        if (yes) return "y";
        while (true)
        {
            session.Out.Write(step.Command.Count > 0 ? "   run it? [y]es, [s]kip, [q]uit: " : "   done? [y]es, [s]kip, [q]uit: ");
            // the end of the input is nobody's yes
            if (Console.In.ReadLine() is not { } line) return "q";
            if (line.Trim().ToLowerInvariant() is "y" or "yes" or "s" or "skip" or "q" or "quit") return line.Trim()[..1].ToLowerInvariant();
        }
    }

    private async Task<int> ExecuteAsync(RunbookStep step)
    {
        // its own output is JSON then
        using var process = SelfProgram.Start(start => start.RedirectStandardOutput = session.Json, step.Command);
        if (session.Json) await session.Error.WriteAsync(await process.StandardOutput.ReadToEndAsync(session.Cancel).ConfigureAwait(false)).ConfigureAwait(false);
        await process.WaitForExitAsync(session.Cancel).ConfigureAwait(false);
        if (process.ExitCode != ExitCode.Yes) session.Say(session.Paint.Bad($"   ended with exit code {process.ExitCode}"));
        return process.ExitCode;
    }

    /// <summary>Steps that were taken while nothing ran (a restore's) are told once something does.</summary>
    private async Task RecordAsync(RunbookStepEnded ended, RunbookStep step)
    {
        _unrecorded.Add(ended);
        _steps.Add(new(ended.Step, ended.Text, step.Command.Count > 0 ? step.Line : "", ended.Outcome, ended.ExitCode, false));
        try
        {
            using var client = ControlPlaneClient.TryConnect(session.State);
            while (client is not null && _unrecorded.Count > 0)
            {
                await client.RecordAsync(_unrecorded[0], session.Cancel).ConfigureAwait(false);
                var told = _unrecorded[0].Step;
                _unrecorded.RemoveAt(0);
                _steps[_steps.FindIndex(known => known.Step == told)] = _steps.First(known => known.Step == told) with { Recorded = true };
            }
        }
        catch (Exception e) when (ControlPlaneErrors.IsAway(e) || e is SignalboxException)
        {
            // a procedure goes on without its record, and says so at its end
        }
    }
}
