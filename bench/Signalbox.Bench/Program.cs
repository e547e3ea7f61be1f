using Signalbox.Bench;

return args switch
{
    ["judge", .. var rest] => JudgeBench.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Signalbox.Bench judge [--quick] [--runs N] [--only TEXT] [--seed N]");
    return 2;
}
