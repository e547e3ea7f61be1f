using Signalbox.Audit;
using Signalbox.Audit.Grades;
using static Signalbox.Tests.Audit.PolicyTests;

namespace Signalbox.Tests.Audit;

/// <summary>What files prove, what they show to be missing, and what they cannot tell.</summary>
public sealed class GraderTests
{
    private const string Release = """
        on: { push: { branches: [main] } }
        permissions: {}
        jobs:
          ship:
            runs-on: ubuntu-24.04
            environment: production
            steps:
              - run: pytest --cov-fail-under=85
              - run: docker push ghcr.io/acme/shop:1.2.3
              - run: trivy image --exit-code 1 ghcr.io/acme/shop:1.2.3
              - run: cosign sign ghcr.io/acme/shop:1.2.3
              - run: cosign attest --predicate p.json ghcr.io/acme/shop:1.2.3
              - run: helm upgrade --atomic --wait shop ./chart
        """;

    [Fact]
    public void NothingThere_IsUnknownEverywhere()
    {
        var grade = Grade();
        Assert.All(grade.Checks, c => Assert.Equal("?", c.Letter));
        Assert.All(grade.Checklist, p => Assert.Equal(Standing.Unknown, p.Standing));
        Assert.Equal((5, 10), (grade.Checks.Count, grade.Checklist.Count));
    }

    [Fact]
    public void GoodPipeline_ProvesWhatItDoes()
    {
        var grade = Grade((".github/workflows/release.yml", Release));
        foreach (var id in (string[])["provenance", "signature", "coverage", "scans", "rollback", "self-service"]) Assert.Equal(Standing.Proven, Point(grade, id).Standing);
        Assert.All(grade.Checks.SelectMany(c => c.Points).Where(p => p.Standing == Standing.Proven && p.Id != "findings"), p => Assert.Equal(".github/workflows/release.yml", p.At!.Path));
        Assert.Equal("A", grade.Checks.Single(c => c.Id == "quality").Letter);
        Assert.Equal(Standing.Proven, grade.Checklist.Single(p => p.Id == "automated").Standing);
    }

    [Theory]
    [InlineData("pytest --cov-fail-under=85", "pytest --cov-fail-under=60", "coverage", Standing.Missing)]
    [InlineData("pytest --cov-fail-under=85", "pytest", "coverage", Standing.Unknown)]
    [InlineData("trivy image --exit-code 1", "trivy image", "scans", Standing.Missing)]
    [InlineData("cosign attest --predicate", "cosign triangulate", "provenance", Standing.Missing)]
    [InlineData("helm upgrade --atomic", "helm upgrade", "rollback", Standing.Missing)]
    [InlineData("docker push", "docker pull", "findings", Standing.Proven)]
    public void OneThingLess_TakesItsPointAlone(string with, string without, string id, Standing expected)
    {
        var point = Point(Grade((".github/workflows/release.yml", Release.Replace(with, without, StringComparison.Ordinal))), id);
        Assert.Equal(expected, point.Standing);
        if (expected == Standing.Missing) Assert.NotNull(point.At);
    }

    [Theory]
    [InlineData("readinessProbe: { httpGet: { path: /, port: 80 } }", Standing.Proven)]
    [InlineData("livenessProbe: { httpGet: { path: /, port: 80 } }", Standing.Missing)]
    public void Health_IsWhatEveryContainerHas(string probe, Standing expected)
    {
        var manifest = $"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: web }}\nspec:\n  template:\n    spec:\n      terminationGracePeriodSeconds: 40\n      containers:\n        - name: web\n          image: a:1\n          {probe}\n";
        var grade = Grade(("web.yaml", manifest), ("docs/runbooks/web.md", "x"));
        Assert.Equal(expected, Point(grade, "health").Standing);
        Assert.Equal(Standing.Proven, grade.Checklist.Single(p => p.Id == "graceful-shutdown").Standing);
        Assert.Equal(Standing.Proven, grade.Checklist.Single(p => p.Id == "runbooks").Standing);
    }

    [Fact]
    public void Secrets_WrittenDown_AreMissingEvenBesideAManager()
    {
        const string Plain = "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: a:1, env: [{ name: DB_PASSWORD, value: \"hunter2hunter2\" }] }] }\n";
        const string Manager = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: db }\nspec: {}\n";
        Assert.Equal(Standing.Proven, Point(Grade(("es.yaml", Manager)), "secrets").Standing);
        Assert.Equal(Standing.Missing, Point(Grade(("es.yaml", Manager), ("pod.yaml", Plain)), "secrets").Standing);
    }

    [Theory]
    [InlineData(0, 0, "?")]
    [InlineData(3, 0, "A")]
    [InlineData(2, 1, "B")]
    [InlineData(1, 1, "C")]
    [InlineData(1, 2, "D")]
    [InlineData(0, 1, "F")]
    public void Letter_IsTheShareOfWhatIsKnown(int proven, int missing, string letter)
    {
        GradePoint Point(Standing standing) => new("x", "x", standing, "x");
        var points = Enumerable.Repeat(Point(Standing.Proven), proven).Concat(Enumerable.Repeat(Point(Standing.Missing), missing)).Append(Point(Standing.Unknown));
        Assert.Equal(letter, new GradeCheck("x", "x", [.. points]).Letter);
    }

    private static GradePoint Point(Grade grade, string id) => grade.Checks.SelectMany(c => c.Points).First(p => p.Id == id);

    private static Grade Grade(params (string Path, string Text)[] files)
    {
        var result = new Auditor(new(RuleTable.All)).Run([.. files.Select(f => File(f.Path, f.Text))]);
        return Grader.Of(result.Repository, result.Findings);
    }
}
