//! All reports together, on disk.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use super::streams;
use crate::event::{EndReason, Event};
use crate::report::{
    ExitCode, Json, Report, ReportError, ReportSpec, ReportSpecError, Reporter, Reports, read_events,
};

fn specs(folder: &Path) -> Vec<ReportSpec> {
    let spec = |text: String| text.parse().unwrap();
    vec![
        spec(format!("junit={}", folder.join("deep/er/junit.xml").display())),
        spec(format!("json={}", folder.join("report.json").display())),
        spec(format!("events={}", folder.join("events/run.jsonl").display())),
    ]
}

fn report(folder: &Path) -> Report {
    serde_json::from_slice(&fs::read(folder.join("report.json")).unwrap()).unwrap()
}

#[test]
fn a_spec_is_kind_and_path() {
    let spec: ReportSpec = "events=a=b.jsonl".parse().unwrap();
    assert_eq!((spec.kind.name(), spec.path.to_str().unwrap()), ("events", "a=b.jsonl"));
    assert_eq!(spec.to_string(), "events=a=b.jsonl");
    let error = "html=x".parse::<ReportSpec>().unwrap_err();
    assert_eq!(error, ReportSpecError::UnknownKind { name: "html".to_owned() });
    insta::assert_snapshot!(error, @"`html` is no kind of report; the kinds are `junit`, `json` or `events`");
    insta::assert_snapshot!("junit".parse::<ReportSpec>().unwrap_err(), @"`junit` names no file; write KIND=PATH, KIND being `junit`, `json` or `events`");
    assert!("junit=".parse::<ReportSpec>().is_err());
}

#[test]
fn every_report_is_written_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let specs = specs(folder.path());
    let mut reports = Reports::open(&specs).unwrap();
    for (_, event) in streams::mixed() {
        reports.event(&event);
    }
    let finished = reports.finish();
    assert_eq!(finished.written, specs);
    assert!(finished.errors.is_empty());
    assert_eq!(finished.end_reason, EndReason::Completed);
    assert_eq!(finished.exit_code(), ExitCode::Unexpected);
    assert_eq!(finished.summary, report(folder.path()).summary);
    assert!(fs::read_to_string(&specs[0].path).unwrap().contains("<testsuites"));
    let events = read_events(&specs[2].path).unwrap();
    assert_eq!((events.events.len(), events.cut_off), (streams::mixed().len(), None));
    // Nothing temporary is left beside the reports.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    assert_eq!(fs::read_dir(specs[0].path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_run_that_breaks_off_writes_its_reports_when_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let specs = specs(folder.path());
    let run = || {
        let mut reports = Reports::open(&specs).unwrap();
        for (_, event) in streams::cut_off() {
            reports.event(&event);
        }
        panic!("the runner broke");
    };
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_err();
    let report = report(folder.path());
    assert_eq!((report.end_reason, report.summary.not_run), (None, 2));
    assert!(fs::read_to_string(&specs[0].path).unwrap().contains("not run: the run was cut off"));
    assert!(read_events(&specs[2].path).unwrap().cut_off.is_some());
}

#[test]
fn a_stream_without_footer_counts_as_interrupted() {
    let mut reports = Reports::open(&[]).unwrap();
    for (at, event) in streams::cut_off() {
        reports.event_at(at, &event);
    }
    assert_eq!(reports.summary().not_run, 2);
    assert_eq!(reports.finish().exit_code(), ExitCode::Interrupted);
}

#[test]
fn events_are_on_disk_as_soon_as_they_happen() {
    let folder = tempfile::tempdir().unwrap();
    let specs = specs(folder.path());
    let mut reports = Reports::open(&specs).unwrap();
    for (index, (_, event)) in streams::mixed().iter().enumerate() {
        reports.event(event);
        assert_eq!(read_events(&specs[2].path).unwrap().events.len(), index + 1);
    }
}

#[test]
fn a_document_of_an_earlier_run_does_not_outlive_the_start_of_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let specs = specs(folder.path());
    fs::write(folder.path().join("report.json"), "old").unwrap();
    let mut reports = Reports::open(&specs).unwrap();
    assert!(folder.path().join("report.json").exists(), "opening alone changes no document");
    reports.event(&Event::RunStarted(streams::header(1)));
    assert!(!folder.path().join("report.json").exists());
}

#[test]
fn a_path_that_cannot_be_written_is_found_before_the_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for path in [folder.path().to_owned(), folder.path().join("file/report.json")] {
        let spec = ReportSpec { kind: crate::report::ReportKind::Json, path: path.clone() };
        let error = Reports::open(&[spec]).unwrap_err();
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
    let twice = ["json=x.json", "junit=x.json"].map(|text| text.parse().unwrap());
    assert!(matches!(Reports::open(&twice).unwrap_err(), ReportError::SamePath { .. }));
}

/// A reporter that has a mistake.
struct Panics;

impl Reporter for Panics {
    fn event(&mut self, _: Duration, _: &Event) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        panic!("a mistake")
    }
}

#[test]
fn a_report_that_panics_keeps_no_other_from_being_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut reports = Reports::default();
    reports.add(Box::new(Panics));
    let path = folder.path().join("report.json");
    reports.add(Box::new(Json::new(&path)));
    for (_, event) in streams::all_passed() {
        reports.event(&event);
    }
    assert!(catch_unwind(AssertUnwindSafe(|| reports.finish())).is_err());
    assert_eq!(report(folder.path()).summary.passed, 4);
}

/// A reporter that fails at its second event and must then be left alone.
struct Broken(usize);

impl Reporter for Broken {
    fn event(&mut self, _: Duration, _: &Event) -> io::Result<()> {
        self.0 += 1;
        assert!(self.0 <= 2, "called after it failed");
        if self.0 == 2 { Err(io::Error::other("the disk is full")) } else { Ok(()) }
    }

    fn finish(&mut self) -> io::Result<()> {
        panic!("called after it failed")
    }
}

#[test]
fn a_broken_report_is_told_at_the_end_and_stops_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let specs = specs(folder.path());
    let mut reports = Reports::open(&specs).unwrap();
    reports.add(Box::new(Broken(0)));
    for (_, event) in streams::all_passed() {
        reports.event(&event);
    }
    // The folder of one report goes away and a folder takes the place of another.
    fs::remove_dir_all(folder.path().join("deep")).unwrap();
    fs::write(folder.path().join("deep"), "").unwrap();
    let finished = reports.finish();
    let errors: Vec<_> = finished.errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors[0].contains("junit.xml"), "{errors:?}");
    assert!(errors[1].contains("the disk is full"), "{errors:?}");
    assert_eq!(finished.written.len(), 2);
    assert_eq!(report(folder.path()).summary.passed, 4);
    assert_eq!(finished.exit_code(), ExitCode::Usage, "a success of which a report is missing");
}

/// A display whose reader has gone, as `head` does.
struct Unread;

impl Reporter for Unread {
    fn event(&mut self, _: Duration, _: &Event) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_of_the_display_that_has_seen_enough_changes_nothing() {
    let mut reports = Reports::open(&[]).unwrap();
    reports.add(Box::new(Unread));
    for (_, event) in streams::all_passed() {
        reports.event(&event);
    }
    let finished = reports.finish();
    assert!(finished.errors.is_empty(), "{:?}", finished.errors);
    assert_eq!(finished.exit_code(), ExitCode::AllAsExpected);
}

#[test]
fn an_event_log_that_was_removed_during_the_run_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let spec: ReportSpec = format!("events={}", folder.path().join("run.jsonl").display()).parse().unwrap();
    let mut reports = Reports::open(std::slice::from_ref(&spec)).unwrap();
    for (_, event) in streams::all_passed() {
        reports.event(&event);
    }
    fs::remove_file(&spec.path).unwrap();
    let finished = reports.finish();
    assert!(finished.written.is_empty());
    assert!(finished.errors[0].to_string().contains("removed during the run"), "{:?}", finished.errors);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_not_told_as_a_folder_that_may_not_be_written_to() {
    let mut reports = Reports::open(&["json=/dev/full".parse().unwrap()]).unwrap();
    for (_, event) in streams::all_passed() {
        reports.event(&event);
    }
    let error = reports.finish().errors.remove(0).to_string();
    assert!(error.ends_with("; free some space there, or choose a path on another disk"), "{error}");
}

#[test]
fn two_reports_in_one_file_are_refused_however_it_is_spelt() {
    let folder = tempfile::tempdir().unwrap();
    let spec = |text: String| -> ReportSpec { text.parse().unwrap() };
    let path = folder.path().join("run.json");
    let other = folder.path().join("deep/../run.json");
    let specs = [spec(format!("events={}", path.display())), spec(format!("json={}", other.display()))];
    fs::create_dir(folder.path().join("deep")).unwrap();
    assert!(matches!(Reports::open(&specs), Err(ReportError::SamePath { .. })));
}

#[cfg(unix)]
#[test]
fn a_link_still_leads_where_it_led_and_a_device_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real.json"), folder.path().join("link.json"));
    fs::write(&real, "an earlier run's").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let null = folder.path().join("null");
    std::os::unix::fs::symlink("/dev/null", &null).unwrap();
    let specs =
        [format!("json={}", link.display()), format!("junit={}", null.display()), "junit=/dev/null".into()];
    let specs = specs.map(|text| text.parse::<ReportSpec>().unwrap());
    let mut reports = Reports::open(&specs).unwrap();
    let mut events = streams::mixed().into_iter();
    reports.event(&events.next().unwrap().1);
    assert_eq!(fs::read_to_string(&real).unwrap(), "");
    events.for_each(|(_, event)| reports.event(&event));
    let finished = reports.finish();
    assert!(finished.errors.is_empty(), "{:?}", finished.errors);
    assert!(link.is_symlink() && null.is_symlink());
    assert!(serde_json::from_slice::<Report>(&fs::read(&real).unwrap()).is_ok());
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}
