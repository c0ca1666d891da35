//! A service with everything that the language has for services, in memory.

use std::sync::Mutex;

use keystone_middleware::policy::Enforcer;
use keystone_middleware::service_api::service;
use keystone_middleware::{
    ApiError, Found, Load, Microversion, Page, RequestContext, Routes, Status,
};

keystone_middleware::policies!("specs/policies.yaml");

pub(crate) mod api {
    keystone_middleware::service!("specs/notes.yaml", policies = crate::notes::policies);
}

/// Notes and what belongs to them.
#[derive(Default)]
pub(crate) struct Notes {
    notes: Mutex<Vec<api::Note>>,
    comments: Mutex<Vec<api::Comment>>,
    readers: Mutex<Vec<(String, String)>>,
}

impl Load<Notes> for api::Note {
    type Key = api::NotePath;
    type Error = ApiError;

    async fn load(key: api::NotePath, service: &Notes) -> Result<Option<Self>, ApiError> {
        match key.note_id.as_str() {
            "broken" => return Err(ApiError::internal("canary: no such table")),
            "gone" => return Err(ApiError::unavailable("canary: connection refused")),
            _ => {}
        }
        let notes = service.notes.lock().unwrap();
        Ok(notes.iter().find(|note| note.id == key.note_id).cloned())
    }
}

/// The routes of an empty service.
pub(crate) fn routes() -> Routes {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    Notes::default().into_routes(enforcer)
}

#[service(crate::notes::api)]
impl Notes {
    #[policy("note:list")]
    async fn list_notes(&self, query: api::NoteListQuery) -> Result<Page<api::Note>, ApiError> {
        let notes = self.notes.lock().unwrap();
        let after = match &query.marker {
            None => 0,
            Some(marker) => {
                let found = notes.iter().position(|note| note.id.as_str() == marker);
                found.ok_or_else(|| ApiError::bad_request("marker: there is no such note."))? + 1
            }
        };
        let rows = notes.iter().skip(after);
        let rows = rows.filter(|note| query.colour.is_none_or(|colour| note.colour == colour));
        let rows = rows.take(query.limit.and_one() as usize).cloned().collect();
        Ok(Page::cut(rows, query.limit, |note| {
            note.id.as_str().to_owned()
        }))
    }

    #[policy("note:create")]
    async fn create_note(
        &self,
        ctx: RequestContext,
        new: api::NoteCreate,
    ) -> Result<api::Note, ApiError> {
        let mut notes = self.notes.lock().unwrap();
        let note = api::Note {
            id: format!("n{}", notes.len()).into(),
            owner_id: ctx.user_id.clone().unwrap_or_default(),
            text: new.text,
            colour: new.colour.unwrap_or(api::NoteColour::Red),
            due: new.due.apply(None),
            rank: new.rank.unwrap_or_default(),
            old: new.old.unwrap_or_default(),
            seal: None,
            tags: new.tags.unwrap_or_default(),
        };
        notes.push(note.clone());
        Ok(note)
    }

    #[policy("note:get", target = &note)]
    async fn get_note(&self, Found(note): Found<api::Note>) -> Result<api::Note, ApiError> {
        Ok(note)
    }

    #[policy("note:update", target = &note)]
    #[policy("note:seal")]
    async fn update_note(
        &self,
        change: api::NoteUpdate,
        Found(mut note): Found<api::Note>,
    ) -> Result<api::Note, ApiError> {
        note.text = change.text.unwrap_or(note.text);
        note.colour = change.colour.unwrap_or(note.colour);
        note.due = change.due.apply(note.due.take());
        note.rank = change.rank.unwrap_or(note.rank);
        note.tags = change.tags.unwrap_or(note.tags);
        self.keep(note.clone());
        Ok(note)
    }

    #[policy("note:delete", target = &note)]
    async fn delete_note(&self, Found(note): Found<api::Note>) -> Result<(), ApiError> {
        self.notes.lock().unwrap().retain(|one| one.id != note.id);
        Ok(())
    }

    #[policy("note:seal")]
    async fn seal_note(
        &self,
        Found(mut note): Found<api::Note>,
        seal: api::SealRequest,
    ) -> Result<api::Note, ApiError> {
        note.seal = Some(seal);
        self.keep(note.clone());
        Ok(note)
    }

    #[policy("note:delete", target = &note)]
    async fn burn_note(&self, Found(note): Found<api::Note>) -> Result<(), ApiError> {
        self.notes.lock().unwrap().retain(|one| one.id != note.id);
        Ok(())
    }

    #[policy("note:get", target = &note)]
    async fn export_note(&self, Found(note): Found<api::Note>) -> Result<api::Export, ApiError> {
        Ok(api::Export {
            id: format!("x-{}", note.id).into(),
            note_id: note.id,
            status: api::ExportStatus::Pending,
        })
    }

    #[policy(public)]
    async fn count_note(&self, version: Microversion) -> i64 {
        let _ = version;
        i64::try_from(self.notes.lock().unwrap().len()).unwrap_or(i64::MAX)
    }

    #[policy("note:shred")]
    async fn shred_notes(&self) {
        self.notes.lock().unwrap().clear();
    }

    #[policy("note:get", target = &note)]
    async fn list_comments(
        &self,
        Found(note): Found<api::Note>,
    ) -> Result<Vec<api::Comment>, ApiError> {
        let comments = self.comments.lock().unwrap();
        let own = comments.iter().filter(|comment| comment.note_id == note.id);
        Ok(own.cloned().collect())
    }

    #[policy("note:comment")]
    async fn create_comment(
        &self,
        Found(note): Found<api::Note>,
        new: api::CommentCreate,
    ) -> Status<201, api::Comment> {
        let mut comments = self.comments.lock().unwrap();
        let comment = api::Comment {
            id: format!("c{}", comments.len()).into(),
            note_id: note.id,
            text: new.text,
        };
        comments.push(comment.clone());
        Status(comment)
    }

    #[policy("note:get", target = &note)]
    async fn get_comment(
        &self,
        Found(note): Found<api::Note>,
        path: api::CommentPath,
    ) -> Result<api::Comment, ApiError> {
        let comments = self.comments.lock().unwrap();
        let mut own = comments.iter().filter(|comment| comment.note_id == note.id);
        let found = own.find(|comment| comment.id == path.comment_id).cloned();
        found.ok_or_else(ApiError::not_found)
    }

    #[policy("note:list")]
    async fn get_export(&self, path: api::ExportPath) -> Result<api::Export, ApiError> {
        let note = path.export_id.as_str().strip_prefix("x-");
        let note = note.ok_or_else(ApiError::not_found)?;
        Ok(api::Export {
            note_id: note.into(),
            id: path.export_id,
            status: api::ExportStatus::Done,
        })
    }

    #[policy("note:update", target = &note)]
    async fn add_note_reader(
        &self,
        Found(note): Found<api::Note>,
        path: api::NoteReaderPath,
    ) -> Result<(), ApiError> {
        let link = (note.id.as_str().to_owned(), path.reader_id);
        self.readers.lock().unwrap().push(link);
        Ok(())
    }

    #[policy("note:get", target = &note)]
    async fn check_note_reader(
        &self,
        Found(note): Found<api::Note>,
        path: api::NoteReaderPath,
    ) -> Result<bool, ApiError> {
        let link = (note.id.as_str().to_owned(), path.reader_id);
        Ok(self.readers.lock().unwrap().contains(&link))
    }

    #[policy("note:update", target = &note)]
    async fn remove_note_reader(
        &self,
        Found(note): Found<api::Note>,
        path: api::NoteReaderPath,
    ) -> Result<(), ApiError> {
        let link = (note.id.as_str().to_owned(), path.reader_id);
        self.readers.lock().unwrap().retain(|one| *one != link);
        Ok(())
    }
}

impl Notes {
    fn keep(&self, changed: api::Note) {
        let mut notes = self.notes.lock().unwrap();
        if let Some(note) = notes.iter_mut().find(|note| note.id == changed.id) {
            *note = changed;
        }
    }
}
