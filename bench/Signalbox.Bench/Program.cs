using Signalbox.Bench;
using Signalbox.Bench.Auditing;
using Signalbox.Bench.Load;

try
{
    return args switch
    {
        ["judge", .. var rest] => JudgeBench.Run(rest),
        ["switch", .. var rest] => await SwitchBench.RunAsync(new(rest)),
        ["outage", .. var rest] => await OutageBench.RunAsync(new(rest)),
        ["swap", .. var rest] => await SwapBench.RunAsync(new(rest)),
        ["proxy", .. var rest] => await ProxyBench.RunAsync(new(rest)),
        ["crash", .. var rest] => await CrashBench.RunAsync(new(rest)),
        ["native", .. var rest] => await NativeBench.RunAsync(new(rest)),
        ["page", .. var rest] => await PageBench.RunAsync(new(rest)),
        ["drill", .. var rest] => await DrillBench.RunAsync(new(rest)),
        ["reports", .. var rest] => await ReportBench.RunAsync(new(rest)),
        ["verify", .. var rest] => await VerifyBench.RunAsync(new(rest)),
        ["load", var port, var file] => await LoadProcess.RunAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), file),
        ["audit", .. var rest] => await AuditBench.RunAsync(new(rest)),
        ["run", .. var rest] => await RunBench.RunAsync(new(rest)),
        ["fuzz-audit", .. var rest] => AuditFuzzBench.Run(new(rest)),
        ["fuzz", .. var rest] => FuzzBench.Run(new(rest)),
        _ => Usage(),
    };
}
catch (Exception e)
{
    // caught, so that what the bench started ends with it
    Console.Error.WriteLine($"error[bench]: {e}");
    return 3;
}

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Signalbox.Bench judge  [--quick] [--runs N] [--only TEXT] [--seed N]
               Signalbox.Bench switch [--quick] [--switches N] [--requests N] [--minutes N] [--kills N] [--strategy rolling|blueGreen|recreate]
               Signalbox.Bench outage [--quick] [--runs N] [--history-minutes N] [--only TEXT]
               Signalbox.Bench swap   [--quick] [--swaps N]
               Signalbox.Bench proxy  [--quick] [--rounds N] [--seconds N]
               Signalbox.Bench crash  [--quick] [--kills N] [--host-kills N]
               Signalbox.Bench native [--quick] [--runs N]
               Signalbox.Bench page   [--quick] [--seconds N]
               Signalbox.Bench drill  [--quick] [--runs N] [--releases N]
               Signalbox.Bench reports [--quick] [--runs N] [--only TEXT]
               Signalbox.Bench verify [--quick] [--runs N] [--rounds N]
               Signalbox.Bench run    [--quick] [--runs N] [--jobs N]
               Signalbox.Bench fuzz   [--minutes N] [--only PATTERN] [--from NAME] [--seed N]
               Signalbox.Bench audit  [--quick] [--runs N] [--files N] [--corpora DIR]
               Signalbox.Bench fuzz-audit [--quick] [--minutes N] [--seed N] [--threads N] [--only I] [--corpora DIR]
        """);
    return 2;
}
