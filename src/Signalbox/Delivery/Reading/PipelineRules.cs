using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>What holds between the jobs of a pipeline: needs that exist and end, files that one job makes.</summary>
internal static class PipelineRules
{
    /// <param name="names">Of all jobs, also of those that could not be read.</param>
    public static void Check(FileContext file, IReadOnlyList<ReadJob> jobs, IReadOnlySet<string> names)
    {
        var byName = jobs.ToDictionary(job => job.Value.Name, StringComparer.Ordinal);
        var known = jobs.All(job => job.Needs.All(need => Exists(file, need, names)));
        if (known) Cycles(file, jobs, byName);
        Outputs(file, jobs);
    }

    private static bool Exists(FileContext file, (string Name, YamlSpan At) need, IReadOnlySet<string> names)
    {
        if (names.Contains(need.Name)) return true;
        var meant = Spelling.Nearest(need.Name, names);
        file.Error(DeliveryIds.UnknownJob, $"there is no job '{YamlQuote.Short(need.Name)}'{(meant is null ? "" : $"; did you mean '{meant}'?")}", need.At,
            $"needs: [{meant ?? names.First()}]", "expected the name of a job of this pipeline");
        return false;
    }

    /// <summary>Says the first way round that is found: with it mended, the next is shown.</summary>
    private static void Cycles(FileContext file, IReadOnlyList<ReadJob> jobs, Dictionary<string, ReadJob> byName)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var job in jobs)
            if (Round(job, byName, done) is { } round)
            {
                var last = byName[round[^1]];
                var at = last.Needs.FirstOrDefault(need => need.Name == round[0]);
                file.Error(DeliveryIds.JobCycle, $"{string.Join(" needs ", round.Append(round[0]))}: no one of them could begin", at.Name is null ? last.Name : at.At,
                    $"needs: [{string.Join(", ", last.Value.Needs.Where(name => name != round[0]))}]", "expected needs that end", byName[round[0]].Name);
                return;
            }
    }

    /// <summary>Depth first, on a stack of its own: a chain may be as long as there are jobs.</summary>
    private static List<string>? Round(ReadJob from, Dictionary<string, ReadJob> byName, HashSet<string> done)
    {
        var path = new List<string>();
        var open = new Stack<(string Name, int Next)>();
        if (!done.Contains(from.Value.Name)) Enter(from.Value.Name);
        while (open.TryPop(out var at))
        {
            var needs = byName[at.Name].Value.Needs;
            if (at.Next == needs.Count)
            {
                done.Add(at.Name);
                path.RemoveAt(path.Count - 1);
                continue;
            }
            open.Push((at.Name, at.Next + 1));
            var need = needs[at.Next];
            if (path.IndexOf(need) is >= 0 and var begins) return path[begins..];
            if (byName.ContainsKey(need) && !done.Contains(need)) Enter(need);
        }
        return null;

        void Enter(string name)
        {
            path.Add(name);
            open.Push((name, 0));
        }
    }

    private static void Outputs(FileContext file, IReadOnlyList<ReadJob> jobs)
    {
        var claims = new OutputClaims();
        foreach (var job in jobs)
        {
            var mine = job.Makes.Select(made => (Glob: PathGlob.Parse(made.Pattern), made.Key, made.At)).ToList();
            foreach (var (glob, key, at) in mine)
                if (claims.Clashing(glob) is var (first, firstAt))
                    file.Error(DeliveryIds.OutputClash, $"'{YamlQuote.Short(glob.Text)}' is made by {first.Value.Name} already; expected files that one job alone makes", at,
                        $"{key}: [{job.Value.Name}/]", "one of the two would be lost", firstAt);
            foreach (var (glob, _, at) in mine) claims.Add(job, glob, at);
        }
    }

    /// <summary>Who makes what. Thousands of jobs have thousands of patterns: two clash only where one begins on the way to the other.</summary>
    private sealed class OutputClaims
    {
        private readonly List<(ReadJob Job, PathGlob Glob, YamlSpan At)> _all = [];
        private readonly Dictionary<string, List<int>> _at = new(StringComparer.Ordinal);
        private readonly Dictionary<string, List<int>> _below = new(StringComparer.Ordinal);

        public void Add(ReadJob job, PathGlob glob, YamlSpan at)
        {
            foreach (var (depth, place) in Places(glob).Index())
            {
                var claims = depth == 0 ? _at : _below;
                (claims.TryGetValue(place, out var known) ? known : claims[place] = []).Add(_all.Count);
            }
            _all.Add((job, glob, at));
        }

        /// <returns>Who claimed it first.</returns>
        public (ReadJob Job, YamlSpan At)? Clashing(PathGlob glob)
        {
            List<string> places = [.. Places(glob)];
            var near = places.SelectMany(place => _at.GetValueOrDefault(place) ?? []).Concat(_below.GetValueOrDefault(places[0]) ?? []);
            return near.Order().Select(index => _all[index]).FirstOrDefault(claim => claim.Glob.Clashes(glob)) is { Job: { } job, At: var at } ? (job, at) : null;
        }

        /// <summary>Where a pattern begins, and each directory above, up to the top.</summary>
        private static IEnumerable<string> Places(PathGlob glob)
        {
            var parts = glob.Fixed;
            for (var count = parts.Count; count >= 0; count--) yield return string.Join('/', parts.Take(count));
        }
    }
}
